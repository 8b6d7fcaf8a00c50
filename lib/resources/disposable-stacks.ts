// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap } from '../base/lists.js';
import { isProxy } from '../base/node-types.js';
import { ownData } from '../base/own.js';
import { warnOnce } from '../hooks/warn.js';
import { Resource } from '../model/resource.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { checkWhole, heldEntries } from './held.js';
import { polyfillEntries } from './disposable-stack-polyfills.js';

/** One entry of a disposable stack, however it was made. */
export interface StackEntry {
  /** What was given to `use` or `adopt`; undefined for `defer`. */
  readonly value: unknown;
  /** What `adopt` or `defer` was given; for `use`, the value's own method. */
  readonly method: unknown;
  readonly how: 'use' | 'adopt' | 'defer';
  readonly isAsync: boolean;
  readonly isExiting: boolean;
}

/** Warned of once. */
const READING = {};

/** Stacks in stacks: deeper ones stay without children. */
const DEEPEST = 20;

/**
 * A `DisposableStack` or `AsyncDisposableStack`: one child an entry, described as it was entered.
 * What has been disposed of or moved away is no longer in it.
 */
export function elaborateDisposableStack(
  value: unknown,
  resource: Resource,
): void {
  addChildren(value, resource, 0);
}

function addChildren(value: unknown, resource: Resource, depth: number): void {
  if (typeof value !== 'object' || value === null || isProxy(value)) {
    return;
  }
  const entries = nativeEntries(value) ?? polyfillEntries(value);
  if (entries === null) return;
  resource.children = ArrayPrototypeMap(entries, (entry) => {
    const child = new Resource(
      entry.how === 'defer' ? entry.method : entry.value,
      entry.isAsync,
    );
    child.isExiting = entry.isExiting;
    child.description = describeEntry(entry, resource.name ?? 'stack');
    if (depth < DEEPEST) addChildren(child.value, child, depth + 1);
    return child;
  });
}

function nativeEntries(stack: object): StackEntry[] | null {
  if (!can('resources')) return null;
  const held = tryBinding()?.stackEntries(stack);
  if (held === undefined) return null;
  const entries = ArrayPrototypeMap(
    heldEntries(held),
    ({ value, method, isArgument, isAsync, isExiting }): StackEntry => {
      const how = value === undefined ? 'defer' : 'use';
      return {
        ...{ value, method, isAsync, isExiting },
        how: isArgument ? 'adopt' : how,
      };
    },
  );
  try {
    checkWhole(held);
  } catch (error) {
    warnOnce(READING, 'reading a disposable stack', error);
  }
  return entries;
}

/** As it was entered: `stack.adopt(…, close)`. */
function describeEntry({ how, method }: StackEntry, stack: string): string {
  if (how === 'use') return `${stack}.use(…)`;
  const name =
    typeof method === 'function' && !isProxy(method)
      ? ownData(method, 'name')
      : undefined;
  const shown = typeof name === 'string' && name !== '' ? name : '…';
  return how === 'adopt'
    ? `${stack}.adopt(…, ${shown})`
    : `${stack}.defer(${shown})`;
}
