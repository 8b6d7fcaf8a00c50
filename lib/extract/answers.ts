// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
} from '../base/lists.js';
import {
  ArrayBufferIsView,
  ReflectApply,
  SymbolIterator,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { isOpenEnd } from '../open-ends/open-promises.js';
import { isSuspendable } from './suspended.js';
import { findMethod, hasHook, isNothing, isOverruled } from '../hooks/ask.js';
import { isFrame, isStack } from '../hooks/repair.js';
import type { Frame } from '../model/frame.js';
import { Placeholder } from '../model/placeholder.js';
import type { Stack } from '../model/stack.js';
import { StackSlice } from '../model/stack-slice.js';
import { type Entry, frameEntry, type Item, itemEntry } from './line.js';

/** What the values stand for that a hook has handed over. */
export function entriesOf(
  values: readonly unknown[],
  depth: number,
  turns: number,
  parent: Item | null,
): Entry[] {
  const entries: Entry[] = [];
  for (const value of values) {
    if (isNothing(value)) continue;
    if (isFrame(value))
      ArrayPrototypePush(entries, frameEntry(value, depth, parent));
    else if (isStack(value))
      ArrayPrototypePushAll(entries, extracted(value, depth, parent));
    else ArrayPrototypePush(entries, itemEntry(value, depth, turns, parent));
  }
  return entries;
}

/**
 * What the engine found for an item. Where hooks know the object of a frame better, they are
 * asked first, and the rest of what was found is for when they do not.
 */
export function entriesOfFound(
  found: Stack,
  depth: number,
  turns: number,
  parent: Item,
  from: number,
): Entry[] {
  const entries: Entry[] = [];
  for (let index = from; index < found.frames.length; index++) {
    const frame = found.frames[index] as Frame;
    const { origin } = frame;
    if (origin !== null && origin !== parent.item && isOverruled(origin)) {
      const otherwise = { found, from: index };
      ArrayPrototypePush(entries, {
        ...itemEntry(origin, depth, turns, parent),
        otherwise,
      });
      return entries;
    }
    ArrayPrototypePush(entries, frameEntry(frame, depth, parent));
  }
  const leafTurns = found.frames.length > from ? 0 : turns;
  for (const leaf of found.leaves) {
    // What only stands for something is nobody's to unwrap; nor is what was just asked about.
    ArrayPrototypePush(
      entries,
      (leaf === parent.item && !isOpenEnd(leaf)) || isPlaceholder(leaf)
        ? { kind: 'leaf', value: leaf, depth }
        : { ...itemEntry(leaf, depth, leafTurns, parent), isEnd: true },
    );
  }
  if (found.error !== null) {
    ArrayPrototypePush(entries, { kind: 'error', error: found.error, depth });
  }
  return entries;
}

/** A stack that a hook hands over was extracted already: its leaves are leaves. */
function extracted(stack: Stack, depth: number, parent: Item | null): Entry[] {
  const entries: Entry[] = ArrayPrototypeMap(
    ArrayPrototypeFilter(stack.frames, isFrame),
    (frame) => ({ kind: 'frame', frame, depth, parent }),
  );
  for (const value of stack.leaves) {
    ArrayPrototypePush(entries, { kind: 'leaf', value, depth });
  }
  if (stack.error !== null) {
    ArrayPrototypePush(entries, { kind: 'error', error: stack.error, depth });
  }
  return entries;
}

function isPlaceholder(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Placeholder.describe(value) !== null
  );
}

/**
 * What a hook hands over to be iterated. A generator is an item, suspended somewhere: resuming it
 * would be to run the program. So is whatever hooks know.
 */
export function iteratorOf(value: unknown): Iterator<unknown> | null {
  if (typeof value !== 'object' || value === null || isProxy(value)) {
    return null;
  }
  const isItem =
    isFrame(value) ||
    isStack(value) ||
    StackSlice.is(value) ||
    isSuspendable(value) ||
    ArrayBufferIsView(value) ||
    hasHook(value);
  const method = isItem ? null : findMethod(value, SymbolIterator);
  if (method === null) return null;
  return ReflectApply(method, value, []) as Iterator<unknown>;
}
