// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeSlice } from '../base/lists.js';
import { AsynctbError } from '../base/errors.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { loadBinding } from '../engine/binding.js';
import { can, whyNot } from '../engine/capabilities.js';
import { awaiterFrames } from './linked-awaiters.js';
import type { ResolvedOptions } from '../base/options.js';
import { RunningStack } from './running.js';

/** The async function furthest out on a running stack. */
interface OutermostTask {
  /** Its promise; undefined when none runs. */
  readonly root: unknown;
  /** What its frame shall say, beside the place; null when none runs. */
  readonly own: Pick<Frame, 'kind' | 'function' | 'receiver' | 'origin'> | null;
  /** Where its frame is; null when none runs. */
  readonly index: number | null;
  readonly error: AsynctbError | null;
}

function outermostTask(running: RunningStack): OutermostTask {
  let own: OutermostTask['own'] = null;
  let outermost: number | null = null;
  let error: AsynctbError | null = null;
  const executing = loadBinding().executing();
  for (let at = 0; at < executing.length; at++) {
    const fn = executing.function[at] as AnyFunction;
    const index = running.indexOfActivation(
      fn,
      executing.activationIndex[at] ?? -1,
      executing.activations[at] ?? 0,
    );
    if (index === null) {
      error = new AsynctbError(
        'ERR_ASYNCTB_NO_RUNNING_STACK',
        'an async function runs several times on this stack: which call is whose cannot be told',
      );
    } else if (outermost === null || index < outermost) {
      outermost = index;
      own = {
        // As V8's list of frames has it.
        kind: 'function',
        function: fn,
        receiver: undefined,
        origin: executing.promise[at] ?? null,
      };
    }
  }
  return { root: own?.origin ?? undefined, own, index: outermost, error };
}

/**
 * The async function furthest out on the running stack: its promise (undefined when none runs)
 * and the frames from it to the caller.
 */
export function runningTask(
  options: ResolvedOptions,
  entry: AnyFunction,
): [root: unknown, stack: Stack] {
  if (!can('native')) {
    const error = new AsynctbError('ERR_ASYNCTB_UNSUPPORTED', whyNot('native'));
    return [undefined, new Stack(undefined, [], [], error)];
  }
  const running = new RunningStack(entry, options);
  const { root, own, index, error } = outermostTask(running);
  const frames = ArrayPrototypeSlice(
    running.frames(index ?? 0, undefined, own),
    0,
    options.maxFrames,
  );
  return [root, new Stack(root, frames, [], error)];
}

/**
 * The async functions that wait for the one whose frame is at `first`, outermost first; only Node's
 * own frames, which resume it, may be before it. Others have their caller on the stack itself.
 */
export function asyncCallers(
  running: RunningStack,
  first: number,
  options: ResolvedOptions,
  errors: Error[],
): Frame[] {
  const { root, own, index } = outermostTask(running);
  if (index === null || index < first || !running.isNodes(first, index)) {
    return [];
  }
  const { 0: frame } = running.frames(index, index + 1, own);
  return awaiterFrames(root, options, errors, frame);
}
