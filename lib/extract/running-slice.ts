// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Built-in glue: a `StackSlice`, unwrapped into frames of the running stack. */

import { MathMax, MathMin } from '../base/primordials.js';
import type { ResolvedOptions } from '../base/options.js';
import { RunningStack } from './running.js';
import { currentSession } from './session.js';
import { itemEntry, items } from '../hooks/registry.js';
import { AsynctbError } from '../base/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { StackSlice } from '../model/stack-slice.js';
import { requireNative } from '../engine/capabilities.js';
import { elaborateFrames } from './suspended.js';

export function installRunningSlice(): void {
  items.builtIn.register(
    { class: StackSlice },
    itemEntry((slice) => unwrapSlice(slice as StackSlice)),
  );
}

function unwrapSlice(slice: StackSlice): Stack | undefined {
  const session = currentSession();
  // Something that inherits from the class and was not made by it is no slice.
  if (session === null || !StackSlice.is(slice)) return undefined;
  const { outer, inner, limit } = slice;
  const { options, entry } = session;
  return framesBetween(slice, options, entry, (running) => {
    const from = outer === null ? 0 : indexOf(running, outer);
    const to = inner === null ? running.length : indexOf(running, inner) + 1;
    const count = MathMin(limit ?? to, MathMax(to - from, 0));
    return inner === null ? [from, from + count] : [to - count, to];
  });
}

/** The part of the running stack that `bounds` names; an error where it names what does not run. */
export function framesBetween(
  root: unknown,
  options: ResolvedOptions,
  entry: AnyFunction,
  bounds: (running: RunningStack) => [from: number, to: number],
): Stack {
  const stack = new Stack(root);
  try {
    const running = new RunningStack(entry, options);
    const { 0: from, 1: to } = bounds(running);
    stack.frames = running.frames(from, to);
    elaborateFrames(stack.frames, options, entry);
  } catch (error) {
    if (!(error instanceof AsynctbError)) throw error;
    stack.error = error;
  }
  return stack;
}

/** A bound function stands for its target, whose frame it is that runs. */
export function indexOf(running: RunningStack, fn: AnyFunction): number {
  const index = running.indexOf(requireNative().unbind(fn) as AnyFunction);
  if (index !== null) return index;
  throw new AsynctbError(
    'ERR_ASYNCTB_NOT_RUNNING',
    `a function given to delimit the running stack is not on it (id ${requireNative().functionId(fn) || 'native'})`,
  );
}
