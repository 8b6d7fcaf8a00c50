// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayConcat, ArrayPrototypePush } from '../base/lists.js';
import {
  GlobalWeakSet,
  ReflectSet,
  WeakSetPrototypeAdd,
  WeakSetPrototypeHas,
} from '../base/primordials.js';
import { isNothing } from '../hooks/ask.js';
import { type FrameEntry, frames, PRUNE } from '../hooks/registry.js';
import { repairFrame, snapshotOf } from '../hooks/repair.js';
import { toError } from '../hooks/warn.js';
import type { Frame } from '../model/frame.js';
import { fillResources } from './fill-resources.js';
import type { Session } from './session.js';

/** Frames that hooks have seen: one that is handed on to another stack is not changed again. */
const elaborated = new GlobalWeakSet<Frame>();

/** Whether this is the first time that hooks are to see a frame. */
export function isNewToHooks(frame: Frame): boolean {
  if (WeakSetPrototypeHas(elaborated, frame)) return false;
  WeakSetPrototypeAdd(elaborated, frame);
  return true;
}

/** What came of the rules of a frame's function. */
export interface Ruled {
  /** What the hook says of the frame's inside; null or undefined: nothing. */
  readonly answer: unknown;
  /** The hook threw: nothing is known of the inside. */
  readonly failed: boolean;
  readonly errors: readonly Error[];
}

/** `next`: what the hook is told to be inside of the frame. */
export function applyRules(
  frame: Frame,
  rules: FrameEntry,
  next: unknown,
): Ruled {
  const errors: Error[] = [];
  let answer: unknown;
  let failed = false;
  if (rules.hide) setFlag(frame, 'hide', true);
  if (rules.hideLine) setFlag(frame, 'hideLine', true);
  if (rules.hook !== null) {
    const before = snapshotOf(frame);
    try {
      answer = rules.hook(frame, next);
    } catch (thrown) {
      ArrayPrototypePush(errors, toError(thrown));
      failed = true;
      // Whatever was to be hidden: here is where the stack is cut.
      setFlag(frame, 'hide', false);
    }
    const garbage = repairFrame(frame, before);
    if (garbage !== null) ArrayPrototypePush(errors, garbage);
  }
  if (isNothing(answer) && rules.prune) answer = PRUNE;
  return { answer, failed, errors };
}

/** The hooks on what a frame holds. */
export function applyResourceHooks(frame: Frame, session: Session): Error[] {
  return session.options.resources && frame.hasResources
    ? fillResources(frame, session)
    : [];
}

/**
 * Hooks on a frame that was reached from its inside. They may change it; what they say of the
 * inside does not count, since that is where one comes from.
 */
export function elaborateFromInside(
  frame: Frame,
  next: unknown,
  session: Session,
): readonly Error[] {
  const errors = applyResourceHooks(frame, session);
  const rules = frames.find(frame);
  return rules === null
    ? errors
    : ArrayConcat(errors, applyRules(frame, rules, next).errors);
}

function setFlag(frame: Frame, name: 'hide' | 'hideLine', value: boolean) {
  // Not by assignment, which fails where a hook has frozen the frame.
  ReflectSet(frame, name, value);
}
