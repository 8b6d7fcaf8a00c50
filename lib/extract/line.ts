// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeAt, ArrayPrototypePush } from '../base/lists.js';
import { ArrayPrototypePop } from '../base/primordials.js';
import type { Frame } from '../model/frame.js';
import type { Stack } from '../model/stack.js';

/** Where an item came from, to recognise a circle. */
export interface Item {
  readonly item: unknown;
  readonly parent: Item | null;
}

export interface ItemEntry extends Item {
  readonly kind: 'item';
  readonly depth: number;
  /** How many unwraps led here since the last frame. */
  readonly turns: number;
  /** The engine has nothing to say of it, or has said it: only hooks are asked. */
  readonly isEnd: boolean;
  /** What the engine found, to be gone on with when no hook knows better. */
  readonly otherwise: { readonly found: Stack; readonly from: number } | null;
}

export interface IteratorEntry {
  readonly kind: 'iterator';
  readonly iterator: Iterator<unknown>;
  readonly depth: number;
  readonly turns: number;
  readonly parent: Item | null;
}

export interface FrameInLine {
  readonly kind: 'frame';
  readonly frame: Frame;
  readonly depth: number;
  readonly parent: Item | null;
}

export type Entry =
  | ItemEntry
  | IteratorEntry
  | FrameInLine
  | { readonly kind: 'leaf'; readonly value: unknown; readonly depth: number }
  | { readonly kind: 'error'; readonly error: Error; readonly depth: number }
  /** What was inserted before the rest ends here. */
  | { readonly kind: 'end'; readonly depth: number };

/** What is still to be looked at, the outermost first. */
export class Line {
  /** The front of the line is at the end of the array. */
  readonly #entries: Entry[] = [];

  take(): Entry | null {
    return ArrayPrototypePop(this.#entries) ?? null;
  }

  /** Puts entries, the first one first, at the front of the line. */
  push(entries: readonly Entry[]): void {
    for (let i = entries.length - 1; i >= 0; i--) {
      ArrayPrototypePush(this.#entries, entries[i] as Entry);
    }
  }

  /** Takes what is at a depth or deeper from the front of the line. */
  prune(depth: number): void {
    for (
      let front = ArrayPrototypeAt(this.#entries, -1);
      front !== undefined && front.depth >= depth;
      front = ArrayPrototypeAt(this.#entries, -1)
    ) {
      ArrayPrototypePop(this.#entries);
      if (front.kind === 'iterator') close(front.iterator);
    }
  }
}

export function frameEntry(
  frame: Frame,
  depth: number,
  parent: Item | null,
): FrameInLine {
  return { kind: 'frame', frame, depth, parent };
}

export function itemEntry(
  item: unknown,
  depth: number,
  turns: number,
  parent: Item | null,
): ItemEntry {
  return {
    kind: 'item',
    item,
    depth,
    turns,
    parent,
    isEnd: false,
    otherwise: null,
  };
}

/** Lets an iterator that is not needed any more come to its end. */
export function close(iterator: Iterator<unknown>): void {
  try {
    iterator.return?.();
  } catch {
    // It was not asked for anything, so what it says on its way out answers nothing.
  }
}
