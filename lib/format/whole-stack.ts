// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush, ArrayPrototypePushAll } from '../base/lists.js';
import {
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { Frame } from '../model/frame.js';
import { sharedRest } from '../model/sharing.js';
import type { Stack } from '../model/stack.js';
import { visibleFrames } from '../model/visible.js';
import type { FormatContext } from './context.js';
import { describeLocation } from './location.js';

/** A stack with what it shares with others, up to what has been printed already. */
export interface WholeStack {
  readonly frames: readonly Frame[];
  /** By the index of a frame: from there on, others may go on as well, and refer to this number. */
  readonly numbers: readonly (number | undefined)[];
  /** The part that holds the leaves. */
  readonly end: Stack;
  readonly errors: readonly Error[];
  /** What follows has been printed; null: nothing follows. */
  readonly reference: string | null;
}

/** What is found here counts as printed from now on. */
export function wholeStack(stack: Stack, context: FormatContext): WholeStack {
  const { frames } = stack;
  const whole = {
    frames,
    numbers: [] as number[],
    end: stack,
    errors: stack.error === null ? [] : [stack.error],
    reference: null,
  };
  if (sharedRest(stack) === null) return whole;
  return joined(whole, context);
}

function joined(begin: WholeStack, context: FormatContext): WholeStack {
  const { printed } = context;
  const frames: Frame[] = [];
  const numbers: (number | undefined)[] = [];
  const errors: Error[] = [];
  let { end } = begin;
  for (;;) {
    ArrayPrototypePushAll(frames, end.frames);
    if (end.error !== null) ArrayPrototypePush(errors, end.error);
    const rest = sharedRest(end);
    if (rest === null) return { frames, numbers, end, errors, reference: null };
    const known = MapPrototypeGet(printed, rest.id);
    if (known !== undefined) {
      const reference = referenceTo(known, rest.stack, context);
      return { frames, numbers, end, errors, reference };
    }
    const number = MapPrototypeGetSize(printed) + 1;
    MapPrototypeSet(printed, rest.id, number);
    numbers[frames.length] ??= number;
    end = rest.stack;
  }
}

export function referenceTo(
  number: number,
  rest: Stack,
  { options }: FormatContext,
): string {
  const first = visibleFrames(rest, options)[0];
  const where =
    first === undefined ? '' : `: ${describeLocation(first, options.cwd)}`;
  return `(as shown above, #${number}${where})`;
}
