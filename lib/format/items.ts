// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeForEach, ArrayPrototypePush } from '../base/lists.js';
import {
  StringPrototypeRepeat,
  StringPrototypeTrimEnd,
} from '../base/primordials.js';
import type { Stack } from '../model/stack.js';
import type { FormatContext } from './context.js';

/** Prints a stack without its heading, each line behind `prefix`. */
export type RenderStack = (
  stack: Stack,
  prefix: string,
  depth: number,
  context: FormatContext,
  lines: string[],
) => void;

/** A line below a frame or a resource, and what hangs below that line. */
export interface Item {
  readonly text: string;
  /** Drawn with the long arms of a branch. */
  readonly isBranch: boolean;
  readonly below: ((prefix: string, lines: string[]) => void) | null;
}

export function leafItem(text: string): Item {
  return { text, isBranch: false, below: null };
}

export function renderItems(
  items: readonly Item[],
  prefix: string,
  context: FormatContext,
  lines: string[],
): void {
  const { glyphs } = context;
  ArrayPrototypeForEach(items, (item, index) => {
    const last = index === items.length - 1;
    const {
      0: arm,
      1: lastArm,
      2: bar,
    } = item.isBranch
      ? [glyphs.branch, glyphs.lastBranch, glyphs.branchBar]
      : [glyphs.item, glyphs.lastItem, glyphs.itemBar];
    ArrayPrototypePush(
      lines,
      StringPrototypeTrimEnd(prefix + (last ? lastArm : arm) + item.text),
    );
    item.below?.(
      prefix + (last ? StringPrototypeRepeat(' ', bar.length) : bar),
      lines,
    );
  });
}
