// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { contextKeys, keyLines } from '../engine/context-keys.js';
import { tryBinding } from '../engine/binding.js';
import type { Unregister } from './registry.js';

/**
 * Has dumps show what the `AsyncLocalStorage` stores of tasks say under these keys, as `ASYNCTB_CONTEXT`
 * does: strings, numbers and booleans, of all threads, by signal too. `user.id` is what `id` says in the
 * object under `user`, the name of a storage stands for all of its keys, and `*` for all keys. Keys that
 * sound like secrets are never shown.
 *
 * @returns A function that takes it back.
 * @throws `ERR_ASYNCTB_INVALID_ARG`
 * @example
 *   showContext(['requestId', 'user.id']);
 */
export function showContext(keys: readonly string[]): Unregister {
  const lines = keyLines(contextKeys('keys', keys));
  const binding = tryBinding();
  binding?.addContext(lines);
  let isShown = true;
  return () => {
    if (isShown) binding?.removeContext(lines);
    isShown = false;
  };
}
