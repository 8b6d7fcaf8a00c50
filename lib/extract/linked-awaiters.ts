// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Who waits for a frame, as far as hooks know better than V8, in other threads too. */

import {
  ArrayConcat,
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  SetFrom,
} from '../base/lists.js';
import {
  ArrayPrototypeReverse,
  MathMax,
  SetPrototypeAdd,
  SetPrototypeDelete,
  SetPrototypeHas,
} from '../base/primordials.js';
import { remoteAwaiters } from './remote-items.js';
import { isNothing } from '../hooks/ask.js';
import {
  awaiterHooks,
  builtInAwaiterHooks,
  RemoteItem,
} from '../hooks/remote.js';
import { isFrame } from '../hooks/repair.js';
import { toError, warnOnce } from '../hooks/warn.js';
import { MAX_NESTING } from '../format/context.js';
import { groupDigits } from '../format/text.js';
import { AsynctbError } from '../base/errors.js';
import { Frame } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { stackFromJson } from '../model/from-json.js';
import {
  type Awaiter,
  type AwaiterList,
  type AwaiterRange,
  directAwaiters,
  NO_AWAITERS,
} from './awaiters.js';
import { isPlainArray } from '../open-ends/closures.js';
import type { ResolvedOptions } from '../base/options.js';
import { currentSession, newSession } from './session.js';

/**
 * Who waits for `root` directly, which is what is settled when `frame` is through (null: unknown).
 * What hooks on the frame's function say stands in the place of what V8 knows. An error is added
 * to `errors`, and takes nothing away. Frames are made of those in `range` only.
 */
export function awaitersOf(
  root: unknown,
  frame: Frame | null,
  range: AwaiterRange,
  options: ResolvedOptions,
  errors: Error[],
): AwaiterList {
  let linked: readonly unknown[] | null = null;
  try {
    if (RemoteItem.is(root)) linked = [root];
    else if (frame !== null) linked = askHooks(frame);
  } catch (thrown) {
    ArrayPrototypePush(errors, toError(thrown));
  }
  if (linked === null) return directAwaiters(root, options, range);
  const awaiters: Awaiter[] = [];
  let total = 0;
  for (const item of linked) {
    const rest = {
      skip: MathMax(range.skip - total, 0),
      limit: range.limit - awaiters.length,
    };
    try {
      const found = RemoteItem.is(item)
        ? cutAwaiters(awaitersInOtherThread(item, options, errors), rest)
        : directAwaiters(item, options, rest);
      for (const awaiter of found.awaiters)
        ArrayPrototypePush(awaiters, awaiter);
      total += found.total;
    } catch (thrown) {
      ArrayPrototypePush(errors, toError(thrown));
    }
  }
  return { awaiters, total };
}

/** Those of a list that is there already. */
export function cutAwaiters(
  { awaiters, total }: AwaiterList,
  { skip, limit }: AwaiterRange,
): AwaiterList {
  return { awaiters: ArrayPrototypeSlice(awaiters, skip, skip + limit), total };
}

function askHooks(frame: Frame): readonly unknown[] | null {
  awaiterHooks.prepare();
  const answer = awaiterHooks.find(frame)?.hook(frame) ?? askBuiltIn(frame);
  if (isNothing(answer)) return null;
  return isPlainArray(answer) ? answer : [answer];
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
): AwaiterList {
  const session = currentSession() ?? newSession(options, awaitersOf);
  const nodes = remoteAwaiters(item, session)?.nodes ?? [];
  const above = ArrayPrototypeMap(
    nodes,
    ({ awaitedBy, omitted }): { awaiters: Awaiter[]; total: number } => ({
      awaiters: [],
      total: awaitedBy.length + omitted,
    }),
  );
  const made = ArrayPrototypeMap(nodes, ({ stack, cyclic }, index): Awaiter => {
    const { root, frames, branchIndex, error } = stackFromJson(stack);
    if (error !== null) ArrayPrototypePush(errors, error);
    return {
      // Each has one at least, but the item itself, which is not handed on.
      frame: frames[0] as Frame,
      inner: ArrayPrototypeSlice(frames, 1),
      root: root as object,
      input: branchIndex,
      cyclic,
      above: above[index] ?? NO_AWAITERS,
    };
  });
  ArrayPrototypeForEach(nodes, ({ awaitedBy }, index) => {
    const { awaiters } = above[index] as (typeof above)[number];
    for (const at of awaitedBy)
      ArrayPrototypePush(awaiters, made[at] as Awaiter);
  });
  return above[0] ?? NO_AWAITERS;
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
  const way: Way = {
    options,
    errors,
    left: options.maxFrames,
    toCount: MOST_COUNTED,
    omitted: 0,
    depth: 0,
    passed: SetFrom([target]),
  };
  const frames = framesAbove(ask(target, own, way), way);
  if (way.omitted > 0) {
    ArrayPrototypePush(errors, tooManyAwaiters(options.maxFrames, way.omitted));
  }
  return frames;
}

/** So many that are not shown are counted in one call; then it is said that there are more. */
export const MOST_COUNTED = 10_000_000;

export function tooManyAwaiters(
  maxFrames: number,
  omitted: number,
): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_MAX_FRAMES',
    `more than ${maxFrames} awaiters, or ways that branch more than ${MAX_NESTING} times: ${groupDigits(omitted)} more are not shown (option maxFrames)`,
  );
}

interface Way {
  readonly options: ResolvedOptions;
  readonly errors: Error[];
  /** How many frames may still be made. */
  left: number;
  /** How many may still be counted: who waits behind several may be met on each way. */
  toCount: number;
  omitted: number;
  /** How many branches are inside of each other. */
  depth: number;
  /** What is below the place where the way up has come to. */
  readonly passed: Set<unknown>;
}

function ask(root: unknown, frame: Frame | null, way: Way): AwaiterList {
  if (way.left <= 0 && way.toCount <= 0) return NO_AWAITERS;
  // What is nested deeper is not printed, and would take a machine stack of its own.
  const isDeep = way.depth >= MAX_NESTING;
  const range = { skip: 0, limit: isDeep ? 0 : MathMax(way.left, 0) };
  const found = awaitersOf(root, frame, range, way.options, way.errors);
  way.toCount -= found.total;
  return found;
}

/** Who waits in turn; a ring ends where it meets itself. */
function askAbove({ root, frame, above }: Awaiter, way: Way): AwaiterList {
  if (root === null || SetPrototypeHas(way.passed, root)) return NO_AWAITERS;
  return above === undefined
    ? ask(root, frame, way)
    : cutAwaiters(above, { skip: 0, limit: MathMax(way.left, 0) });
}

/** Who is reached on several ways stands on each of them. */
function framesAbove(direct: AwaiterList, way: Way): Frame[] {
  const { passed } = way;
  const frames: Frame[] = [];
  const roots: unknown[] = [];
  let found = direct;
  for (;;) {
    const { awaiters, total } = found;
    way.left -= awaiters.length;
    way.omitted += total - awaiters.length;
    const { 0: only } = awaiters;
    if (only === undefined) break;
    if (total > 1) {
      const branches = ArrayPrototypeMap(awaiters, (awaiter) =>
        branchAbove(awaiter, way),
      );
      ArrayPrototypePush(
        frames,
        Frame.awaiters(branches, total - awaiters.length),
      );
      break;
    }
    for (let i = only.inner.length - 1; i >= 0; i--) {
      ArrayPrototypePush(frames, only.inner[i] as Frame);
    }
    ArrayPrototypePush(frames, only.frame);
    found = askAbove(only, way);
    if (!SetPrototypeHas(passed, only.root)) {
      SetPrototypeAdd(passed, only.root);
      ArrayPrototypePush(roots, only.root);
    }
  }
  for (const root of roots) SetPrototypeDelete(passed, root);
  return ArrayPrototypeReverse(frames);
}

function branchAbove(awaiter: Awaiter, way: Way): Stack {
  const { root, frame, inner } = awaiter;
  const above = askAbove(awaiter, way);
  const isNew = !SetPrototypeHas(way.passed, root);
  if (isNew) SetPrototypeAdd(way.passed, root);
  way.depth++;
  const outer = framesAbove(above, way);
  way.depth--;
  if (isNew) SetPrototypeDelete(way.passed, root);
  return new Stack(root, ArrayConcat(outer, [frame], inner));
}
