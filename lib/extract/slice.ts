// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayConcat, ArrayPrototypeFlat } from '../base/lists.js';
import { MathMax, MathMin } from '../base/primordials.js';
import { ownProperties } from '../base/own.js';
import { framesBetween, indexOf } from './running-slice.js';
import { elaborateFrames } from './suspended.js';
import { checkFunctionOrNull, count } from '../base/arguments.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import type { Stack } from '../model/stack.js';
import { joinErrors } from '../base/errors.js';
import { elaborateFound } from './extract.js';
import {
  type ExtractOptions,
  type ResolvedOptions,
  resolveOptions,
} from '../base/options.js';
import { asyncCallers } from './running-task.js';

export interface UntilOptions extends ExtractOptions {
  /** At most so many frames, the innermost ones; or the function whose frame is the first. */
  limit?: number | AnyFunction | undefined;
}

/**
 * The running stack from the frame of `outer` (null: from its beginning) to the caller. With
 * `awaiters`, a first frame that is a resumed async function is preceded by those that wait for it.
 */
export function extractSince(
  outer: AnyFunction | null,
  options?: ExtractOptions,
): Stack {
  checkFunctionOrNull('outer', outer);
  const resolved = resolveOptions(options);
  const entry = extractSince as AnyFunction;
  let callers: Frame[] = [];
  const errors: Error[] = [];
  const found = framesBetween(outer, resolved, entry, (running) => {
    const from = outer === null ? 0 : indexOf(running, outer);
    if (resolved.awaiters)
      callers = asyncCallers(running, from, resolved, errors);
    return [from, MathMin(running.length, from + resolved.maxFrames)];
  });
  return behind(callers, found, errors, resolved, entry);
}

/** The running stack down to the frame of `inner` (null: the caller). */
export function extractUntil(
  inner: AnyFunction | null,
  options?: UntilOptions,
): Stack {
  checkFunctionOrNull('inner', inner);
  const resolved = resolveOptions(options);
  const { maxFrames } = resolved;
  const { limit } = ownProperties(options ?? {});
  if (limit !== undefined && typeof limit !== 'function') {
    count('options.limit', limit);
  }
  const entry = extractUntil as AnyFunction;
  let callers: Frame[] = [];
  const errors: Error[] = [];
  const found = framesBetween(inner, resolved, entry, (running) => {
    const last = inner === null ? running.length - 1 : indexOf(running, inner);
    let from = 0;
    if (typeof limit === 'function') {
      from = indexOf(running, limit);
    } else {
      from = last + 1 - MathMin(limit ?? maxFrames, last + 1);
    }
    from = MathMax(from, last + 1 - maxFrames);
    if (resolved.awaiters)
      callers = asyncCallers(running, from, resolved, errors);
    return [from, last + 1];
  });
  return behind(callers, found, errors, resolved, entry);
}

/** What was found, with its async callers before it, and what hooks say of both. */
function behind(
  callers: readonly Frame[],
  found: Stack,
  errors: readonly Error[],
  options: ResolvedOptions,
  entry: AnyFunction,
): Stack {
  elaborateFrames(callers, options, entry);
  found.frames = ArrayConcat(callers, found.frames);
  found.error = joinErrors(
    ArrayPrototypeFlat(ArrayConcat(errors, [found.error ?? []])),
  );
  return elaborateFound(found, options, entry);
}
