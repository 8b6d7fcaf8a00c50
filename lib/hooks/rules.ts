// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { addRules } from '../engine/add-rules.js';
import type { DataRule } from '../explain/rule.js';
import type { Unregister } from './registry.js';

/**
 * Adds rules for why tasks wait: what it means that things of some class hold what a task waits for. They count
 * for all threads of the process and in all dumps, by signal too, until they are taken back or the thread that
 * has registered them exits. For a thing that both know, they speak in the place of asynctb's own rules.
 *
 * @param rules An array, or an object with one as `rules`: plain data, as `docs/rules.schema.json` says. They
 *   are copied.
 * @returns A function that takes them back.
 * @throws `ERR_ASYNCTB_INVALID_ARG` and `ERR_ASYNCTB_OUT_OF_RANGE`, which name the place.
 * @example
 *   register([{ classes: ['Latch'], kind: 'lock', text: 'latch {name}[, {waiters#} wait]' }]);
 */
export function register(
  rules: readonly DataRule[] | { readonly rules: readonly DataRule[] },
): Unregister {
  return addRules('rules', rules);
}
