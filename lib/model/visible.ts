// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { ArrayPrototypePop } from '../base/primordials.js';
import type { Frame } from './frame.js';
import type { Stack } from './stack.js';

export interface VisibilityOptions {
  readonly showHiddenFrames?: boolean | undefined;
  readonly showInternalFrames?: boolean | undefined;
}

export function isFrameVisible(
  frame: Frame,
  options: VisibilityOptions,
): boolean {
  if (frame.internal && options.showInternalFrames !== true) return false;
  return !frame.hide || options.showHiddenFrames === true;
}

/**
 * Whether output shows a frame of the program's own, branches included. A combinator belongs to
 * whoever called it, so it does not count by itself. A stack without frames has nothing to hide.
 */
export function hasVisibleFrame(
  stack: Stack,
  options: VisibilityOptions,
): boolean {
  if (stack.frames.length === 0) return true;
  const pending = [stack];
  for (
    let next = ArrayPrototypePop(pending);
    next !== undefined;
    next = ArrayPrototypePop(pending)
  ) {
    for (const frame of next.frames) {
      if (!isFrameVisible(frame, options)) continue;
      if (frame.inputs === null) return true;
      for (const branch of frame.branches) ArrayPrototypePush(pending, branch);
    }
  }
  return false;
}
