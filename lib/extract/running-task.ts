// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { AsynctbError } from '../model/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { loadBinding } from '../native/binding.js';
import { can, whyNot } from '../native/capabilities.js';
import type { ResolvedOptions } from './options.js';
import { RunningStack } from './running.js';

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
  const running = new RunningStack(entry);
  let root: unknown;
  let outermost: number | null = null;
  let error: AsynctbError | null = null;
  for (const [promise, fn, activations, which] of loadBinding().executing()) {
    const index = running.indexOfActivation(
      fn as AnyFunction,
      which,
      activations,
    );
    if (index === null) {
      error = new AsynctbError(
        'ERR_ASYNCTB_NO_RUNNING_STACK',
        'an async function runs several times on this stack: which call is whose cannot be told',
      );
    } else if (outermost === null || index < outermost) {
      outermost = index;
      root = promise;
    }
  }
  const frames = running.frames(outermost ?? 0).slice(0, options.maxFrames);
  return [root, new Stack(root, frames, [], error)];
}
