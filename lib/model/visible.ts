// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypePop,
  GlobalSet,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import type { Frame } from './frame.js';
import { sharedRest } from './sharing.js';
import type { Stack } from './stack.js';

export interface VisibilityOptions {
  readonly showHiddenFrames?: boolean | undefined;
  readonly showInternalFrames?: boolean | undefined;
}

function isFrameVisible(frame: Frame, options: VisibilityOptions): boolean {
  if (frame.internal && options.showInternalFrames !== true) return false;
  return !frame.hide || options.showHiddenFrames === true;
}

/**
 * The frames of a stack that output shows. A combinator belongs to whoever called it, which is the
 * frame above: unless it has branches of its own, it is shown when that one is.
 */
export function visibleFrames(
  stack: { readonly frames: readonly Frame[] },
  options: VisibilityOptions,
): readonly Frame[] {
  const shown: Frame[] = [];
  // Who called the outermost one is not known.
  let isOwnerVisible = true;
  for (const frame of stack.frames) {
    const isVisible = isFrameVisible(frame, options);
    const isOwned =
      frame.kind === 'combinator' &&
      !frame.branchesUp &&
      frame.branches.length === 0;
    if (isVisible && (isOwnerVisible || !isOwned)) {
      ArrayPrototypePush(shown, frame);
    }
    // Several combinators in a row have one owner.
    if (!isOwned) isOwnerVisible = isVisible;
  }
  return shown;
}

/**
 * Whether output shows a frame of the program's own, branches included. A combinator belongs to
 * whoever called it, so it does not count by itself. A stack without frames has nothing to hide.
 */
export function hasVisibleFrame(
  stack: Stack,
  options: VisibilityOptions,
): boolean {
  if (stack.frames.length === 0 && sharedRest(stack) === null) return true;
  const pending = [stack];
  const rests = new GlobalSet<Stack>();
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
    const rest = sharedRest(next)?.stack;
    if (rest === undefined || SetPrototypeHas(rests, rest)) continue;
    SetPrototypeAdd(rests, rest);
    ArrayPrototypePush(pending, rest);
  }
  return false;
}
