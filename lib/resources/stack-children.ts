// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap } from '../base/lists.js';
import { isPlainFunction } from '../base/plain.js';
import { ownData } from '../base/own.js';
import { Resource } from '../model/resource.js';
import { type Held, heldEntries } from './held.js';

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

/** Stacks in stacks: deeper ones stay without children. */
const DEEPEST = 20;

/**
 * A `DisposableStack` or `AsyncDisposableStack`: one child an entry, described as it was entered.
 * What has been disposed of or moved away is no longer in it. `entriesOf` answers null for what is no stack.
 */
export function addStackChildren(
  resource: Resource,
  entriesOf: (value: unknown) => readonly StackEntry[] | null,
  depth = 0,
): void {
  const entries = entriesOf(resource.value);
  if (entries === null) return;
  resource.children = ArrayPrototypeMap(entries, (entry) => {
    const child = new Resource(
      entry.how === 'defer' ? entry.method : entry.value,
      entry.isAsync,
    );
    child.isExiting = entry.isExiting;
    child.description = describeEntry(entry, resource.name ?? 'stack');
    if (depth < DEEPEST) addStackChildren(child, entriesOf, depth + 1);
    return child;
  });
}

/** The entries of one of V8's own stacks. */
export function entriesOfHeld(held: Held): StackEntry[] {
  return ArrayPrototypeMap(
    heldEntries(held),
    ({ value, method, isArgument, isAsync, isExiting }): StackEntry => {
      const how = value === undefined ? 'defer' : 'use';
      return {
        ...{ value, method, isAsync, isExiting },
        how: isArgument ? 'adopt' : how,
      };
    },
  );
}

/** As it was entered: `stack.adopt(…, close)`. */
function describeEntry({ how, method }: StackEntry, stack: string): string {
  if (how === 'use') return `${stack}.use(…)`;
  const name = isPlainFunction(method) ? ownData(method, 'name') : undefined;
  const shown = typeof name === 'string' && name !== '' ? name : '…';
  return how === 'adopt'
    ? `${stack}.adopt(…, ${shown})`
    : `${stack}.defer(${shown})`;
}
