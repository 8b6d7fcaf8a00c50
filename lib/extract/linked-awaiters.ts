// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Who waits for a frame, as far as hooks know better than V8, in other threads too. */

import { remoteAwaiters } from '../glue/remote-items.js';
import { isNothing } from '../hooks/ask.js';
import {
  awaiterHooks,
  builtInAwaiterHooks,
  RemoteItem,
} from '../hooks/remote.js';
import { isFrame } from '../hooks/repair.js';
import { toError, warnOnce } from '../hooks/warn.js';
import { type AnyFunction, Frame } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { stackFromJson } from '../model/from-json.js';
import { type Awaiter, directAwaiters } from './awaiters.js';
import { isArray } from './answers.js';
import type { ResolvedOptions } from './options.js';
import { currentSession, newSession } from './session.js';

/**
 * Who waits for `root` directly, which is what is settled when `frame` is through (null: unknown).
 * What hooks on the frame's function say stands in the place of what V8 knows. An error is added
 * to `errors`, and takes nothing away.
 */
export function awaitersOf(
  root: unknown,
  frame: Frame | null,
  options: ResolvedOptions,
  errors: Error[],
): readonly Awaiter[] {
  let linked: readonly unknown[] | null = null;
  try {
    if (RemoteItem.is(root)) linked = [root];
    else if (frame !== null) linked = askHooks(frame);
  } catch (thrown) {
    errors.push(toError(thrown));
  }
  if (linked === null) return directAwaiters(root, options);
  return linked.flatMap((item) => {
    try {
      return RemoteItem.is(item)
        ? awaitersInOtherThread(item, options, errors)
        : directAwaiters(item, options);
    } catch (thrown) {
      errors.push(toError(thrown));
      return [];
    }
  });
}

function askHooks(frame: Frame): readonly unknown[] | null {
  awaiterHooks.prepare();
  const answer = awaiterHooks.find(frame)?.hook(frame) ?? askBuiltIn(frame);
  if (isNothing(answer)) return null;
  return isArray(answer) ? answer : [answer];
}

function askBuiltIn(frame: Frame): unknown {
  for (const hook of builtInAwaiterHooks) {
    try {
      const answer = hook(frame);
      if (!isNothing(answer)) return answer;
    } catch (error) {
      warnOnce(hook, 'glue that comes with asynctb', error);
    }
  }
  return undefined;
}

function awaitersInOtherThread(
  item: RemoteItem,
  options: ResolvedOptions,
  errors: Error[],
): readonly Awaiter[] {
  const session =
    currentSession() ?? newSession(options, awaitersOf as AnyFunction);
  const nodes = remoteAwaiters(item, session)?.nodes ?? [];
  const above: Awaiter[][] = nodes.map(() => []);
  const made = nodes.map(({ stack, cyclic }, index): Awaiter => {
    const { root, frames, branchIndex, error } = stackFromJson(stack);
    if (error !== null) errors.push(error);
    return {
      // Each has one at least, but the item itself, which is not handed on.
      frame: frames[0] as Frame,
      inner: frames.slice(1),
      root: root as object,
      input: branchIndex,
      cyclic,
      above: above[index] ?? [],
    };
  });
  nodes.forEach(({ awaitedBy }, index) => {
    const direct = awaitedBy.map((at) => made[at] as Awaiter);
    const list = above[index];
    if (list !== undefined) list.push(...direct);
  });
  return above[0] ?? [];
}

/** A target's own frame, if its stack begins with that: it may as well begin inside of it. */
export function ownFrame(target: unknown, first: unknown): Frame | null {
  return isFrame(first) && first.origin === target ? first : null;
}

/**
 * The async callers of a target, outermost first. Where several wait, a frame whose branches they
 * are goes before what they wait for. `own`: the target's own frame, where it is known.
 */
export function awaiterFrames(
  target: unknown,
  options: ResolvedOptions,
  errors: Error[],
  own: Frame | null = null,
): Frame[] {
  const way = { options, errors, left: options.maxFrames };
  const awaiters = awaitersOf(target, own, options, errors);
  return framesAbove(awaiters, way, new Set([target]));
}

interface Way {
  readonly options: ResolvedOptions;
  readonly errors: Error[];
  left: number;
}

/** A ring ends where it meets itself; who is reached on several ways stands on each of them. */
function framesAbove(
  direct: readonly Awaiter[],
  way: Way,
  below: ReadonlySet<unknown>,
): Frame[] {
  const frames: Frame[] = [];
  const passed = new Set(below);
  const next = ({ root, frame, above }: Awaiter): readonly Awaiter[] => {
    if (root === null || passed.has(root)) return [];
    return above ?? awaitersOf(root, frame, way.options, way.errors);
  };
  let awaiters = direct;
  while (way.left > 0) {
    const [only] = awaiters;
    if (only === undefined) break;
    way.left -= awaiters.length;
    if (awaiters.length > 1) {
      const branches = awaiters.map((awaiter) => {
        const { root, frame, inner } = awaiter;
        const above = next(awaiter);
        const outer = framesAbove(above, way, new Set(passed).add(root));
        return new Stack(root, [...outer, frame, ...inner]);
      });
      frames.push(Frame.awaiters(branches));
      break;
    }
    frames.push(...[...only.inner].reverse());
    frames.push(only.frame);
    awaiters = next(only);
    passed.add(only.root);
  }
  return frames.reverse();
}
