// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { isPlain } from '../base/plain.js';
import { warnOnce } from '../hooks/warn.js';
import type { Resource } from '../model/resource.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { checkWhole } from './held.js';
import { polyfillEntries } from './disposable-stack-polyfills.js';
import {
  addStackChildren,
  entriesOfHeld,
  type StackEntry,
} from './stack-children.js';

/** Warned of once. */
const READING = {};

/** Adds what a disposable stack holds, V8's own or a polyfill's, if the resource is one. */
export function elaborateDisposableStack(resource: Resource): void {
  addStackChildren(resource, entriesOf);
}

function entriesOf(value: unknown): StackEntry[] | null {
  if (!isPlain(value)) return null;
  return nativeEntries(value) ?? polyfillEntries(value);
}

function nativeEntries(stack: object): StackEntry[] | null {
  if (!can('resources')) return null;
  const held = tryBinding()?.stackEntries(stack);
  if (held === undefined) return null;
  try {
    checkWhole(held);
  } catch (error) {
    warnOnce(READING, 'reading a disposable stack', error);
  }
  return entriesOfHeld(held);
}
