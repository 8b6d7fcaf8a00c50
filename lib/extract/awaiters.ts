// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayCopy,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  SetFrom,
} from '../base/lists.js';
import {
  MathMax,
  MathMin,
  ObjectGetPrototypeOf,
  PromisePrototype,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import type { Frame } from '../model/frame.js';
import { Detail } from '../base/capture-schema.js';
import { loadBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import type { Captured, Table } from '../base/capture.js';
import { SiteMark } from '../base/capture-schema.js';
import { hasMark } from '../model/site.js';
import { entriesOf, FrameMaker } from './live-stacks.js';
import { currentSession, type Session } from './session.js';
import type { ResolvedOptions } from '../base/options.js';
import { noteSettled, settledBy } from '../open-ends/settled.js';

/** One who waits: its frame, and the object that in turn others may wait for. */
export interface Awaiter {
  readonly frame: Frame;
  /** The frames inside of that one, outermost first: suspended WebAssembly has several. */
  readonly inner: readonly Frame[];
  readonly root: object | null;
  /** Of a combinator: which input the awaited promise is; null when unknown. */
  readonly input: number | null;
  /** Who waits for it in turn, where that is known already: it is in another thread. */
  readonly above?: AwaiterList;
  /** It is one of those that wait for themselves. */
  readonly cyclic?: boolean;
}

/** What the addon shall say of each frame. */
export function detailFlags(
  options: Pick<ResolvedOptions, 'locals' | 'resources'>,
): number {
  return (
    (options.locals ? Detail.locals : 0) |
    (options.resources ? Detail.resources : 0)
  );
}

/** Which of those who wait are wanted, counted from the oldest. */
export interface AwaiterRange {
  readonly skip: number;
  readonly limit: number;
}

export interface AwaiterList {
  /** Those that were asked for. Of the others nothing was made: they may be millions. */
  readonly awaiters: readonly Awaiter[];
  /** How many there are, the others included. */
  readonly total: number;
}

export const NO_AWAITERS: AwaiterList = { awaiters: [], total: 0 };

/** The addon counts in words of 32 bits. */
const MOST = 0xffff_ffff;

/**
 * Who waits for a promise or an async generator directly, or for what the function that it stands for
 * will settle. Needs no walk of the heap, unless one who waits may or may not be a combinator.
 */
export function directAwaiters(
  target: unknown,
  options: Pick<ResolvedOptions, 'locals' | 'resources'>,
  range: AwaiterRange,
): AwaiterList {
  const direct = awaitersOfPromise(target, options, range);
  const settled = settledBy(target);
  if (settled.length === 0) return direct;
  const awaiters = ArrayCopy(direct.awaiters);
  let { total } = direct;
  for (const promise of settled) {
    const more = awaitersOfPromise(promise, options, {
      skip: MathMax(range.skip - total, 0),
      limit: range.limit - awaiters.length,
    });
    ArrayPrototypePushAll(awaiters, more.awaiters);
    total += more.total;
  }
  return { awaiters, total };
}

function awaitersOfPromise(
  target: unknown,
  options: Pick<ResolvedOptions, 'locals' | 'resources'>,
  { skip, limit }: AwaiterRange,
): AwaiterList {
  if (!can('promises')) return NO_AWAITERS;
  const awaiters: Awaiter[] = [];
  let total = 0;
  const targets: unknown[] = [target];
  const passed = SetFrom(targets);
  const known: Known = currentSession() ?? { combined: null };
  // It grows while this goes on.
  for (let i = 0; i < targets.length; i++) {
    const each = targets[i];
    const answer = loadBinding().awaiters(
      each,
      detailFlags(options),
      i === 0 ? MathMin(skip, MOST) : 0,
      MathMin(MathMax(limit - awaiters.length, 0), MOST),
    );
    if (answer === undefined) continue;
    noteSettled(answer.settled);
    total += answer.total;
    const maker = new FrameMaker(answer.frames);
    for (let at = 0; at < answer.awaiters.length; at++) {
      const root = rootOf(answer, at);
      if (isCombinatorIn(answer, at, root, each, known)) {
        ArrayPrototypePush(
          awaiters,
          awaiterOf(answer.awaiters, at, root, maker),
        );
        continue;
      }
      // The promise does what this one does: who awaits it awaits this one.
      total--;
      if (!SetPrototypeHas(passed, root)) {
        SetPrototypeAdd(passed, root);
        ArrayPrototypePush(targets, root);
      }
    }
  }
  return { awaiters, total };
}

/** What others may wait for in turn, of one of those who wait. */
function rootOf(
  { awaiters, frames }: Captured<'awaiterList'>,
  at: number,
): object | null {
  const entry = awaiters.entriesBegin[at] ?? -1;
  return (frames.entries.origin[entry] as object | undefined) ?? null;
}

function awaiterOf(
  awaiters: Table<'awaiter'>,
  at: number,
  root: object | null,
  maker: FrameMaker,
): Awaiter {
  const input = awaiters.input[at] ?? -1;
  const entries = entriesOf(awaiters, at);
  const inner: Frame[] = [];
  for (let place = 1; place < entries.length; place++)
    ArrayPrototypePush(inner, maker.make(entries, place));
  return {
    frame: maker.make(entries, 0),
    inner,
    root,
    input: input < 0 ? null : input,
  };
}

/** What is found out once a public call, or once a question outside of any. */
type Known = Pick<Session, 'combined'>;

/** False for a promise that a single other one settles through its `resolve` function. */
function isCombinatorIn(
  { awaiters, frames }: Captured<'awaiterList'>,
  at: number,
  root: object | null,
  input: unknown,
  known: Known,
): boolean {
  if (awaiters.isDoubtful[at] !== true) return true;
  if (root === null) return false;
  const site = awaiters.awaitingSite[at] ?? -1;
  if (!hasMark(frames.sites, site, SiteMark.awaitsRace))
    return isCombined(root, known);
  // A subclass's race is awaited through a promise of V8's own: the text speaks of the race itself.
  return (
    ObjectGetPrototypeOf(input) === PromisePrototype ||
    !isCombined(input, known)
  );
}

/** Whether several promises were given one's `resolve` function. Walks the heap when first asked. */
function isCombined(promise: unknown, known: Known): boolean {
  known.combined ??= SetFrom(loadBinding().combined());
  return SetPrototypeHas(known.combined, promise);
}
