// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { AsynctbError, invalidArgument } from '../model/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { requireNative } from '../native/capabilities.js';
import { checkCount, type ExtractOptions, resolveOptions } from './options.js';
import { RunningStack } from './running.js';

export interface UntilOptions extends ExtractOptions {
  /** At most so many frames, the innermost ones; or the function whose frame is the first. */
  limit?: number | AnyFunction | undefined;
}

function checkFunction(name: string, value: unknown): void {
  if (value !== null && typeof value !== 'function') {
    throw invalidArgument(name, 'a function or null');
  }
}

/** A bound function stands for its target, whose frame it is that runs. */
function indexOf(running: RunningStack, fn: AnyFunction): number {
  const index = running.indexOf(requireNative().unbind(fn) as AnyFunction);
  if (index === null) throw notRunning(fn);
  return index;
}

function notRunning(fn: AnyFunction): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_NOT_RUNNING',
    `a function given to delimit the running stack is not on it (id ${requireNative().functionId(fn) || 'native'})`,
  );
}

/** The running stack from the frame of `outer` (null: from its beginning) to the caller. */
export function extractSince(
  outer: AnyFunction | null,
  options?: ExtractOptions,
): Stack {
  checkFunction('outer', outer);
  const { maxFrames } = resolveOptions(options);
  return slice(new Stack(outer), extractSince as AnyFunction, (running) => {
    const from = outer === null ? 0 : indexOf(running, outer);
    return [from, Math.min(running.length, from + maxFrames)];
  });
}

/** The running stack down to the frame of `inner` (null: the caller). */
export function extractUntil(
  inner: AnyFunction | null,
  options?: UntilOptions,
): Stack {
  checkFunction('inner', inner);
  const { maxFrames } = resolveOptions(options);
  const limit = options?.limit;
  if (typeof limit !== 'function') checkCount('options.limit', limit);
  return slice(new Stack(inner), extractUntil as AnyFunction, (running) => {
    const last = inner === null ? running.length - 1 : indexOf(running, inner);
    let from = 0;
    if (typeof limit === 'function') {
      from = indexOf(running, limit);
    } else {
      from = last + 1 - Math.min(limit ?? maxFrames, last + 1);
    }
    return [Math.max(from, last + 1 - maxFrames), last + 1];
  });
}

function slice(
  stack: Stack,
  entry: AnyFunction,
  bounds: (running: RunningStack) => [from: number, to: number],
): Stack {
  try {
    const running = new RunningStack(entry);
    const [from, to] = bounds(running);
    stack.frames = running.frames(from, to);
  } catch (error) {
    if (!(error instanceof AsynctbError)) throw error;
    stack.error = error;
  }
  return stack;
}
