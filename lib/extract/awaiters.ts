// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Frame } from '../model/frame.js';
import {
  ENTRY_STRIDE,
  loadBinding,
  WITH_LOCALS,
  WITH_RESOURCES,
} from '../native/binding.js';
import { can } from '../native/capabilities.js';
import { FrameMaker } from './live-stacks.js';
import type { ResolvedOptions } from './options.js';
import { noteSettled, settledBy } from './settled.js';

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
    (options.locals ? WITH_LOCALS : 0) |
    (options.resources ? WITH_RESOURCES : 0)
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
 * will settle. Needs no walk of the heap.
 */
export function directAwaiters(
  target: unknown,
  options: Pick<ResolvedOptions, 'locals' | 'resources'>,
  range: AwaiterRange,
): AwaiterList {
  const direct = awaitersOfPromise(target, options, range);
  const settled = settledBy(target);
  if (settled.length === 0) return direct;
  const awaiters = [...direct.awaiters];
  let { total } = direct;
  for (const promise of settled) {
    const more = awaitersOfPromise(promise, options, {
      skip: Math.max(range.skip - total, 0),
      limit: range.limit - awaiters.length,
    });
    awaiters.push(...more.awaiters);
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
  const answer = loadBinding().awaiters(
    target,
    detailFlags(options),
    Math.min(skip, MOST),
    Math.min(limit, MOST),
  );
  if (answer === undefined) return NO_AWAITERS;
  const [sites, entries, total, settled] = answer;
  noteSettled(settled);
  const maker = new FrameMaker(sites);
  const awaiters = entries.map((entry): Awaiter => {
    const input = entry[ENTRY_STRIDE] as number;
    const inner: Frame[] = [];
    for (let at = ENTRY_STRIDE + 1; at < entry.length; at += ENTRY_STRIDE) {
      inner.push(maker.make(entry, at));
    }
    return {
      frame: maker.make(entry, 0),
      inner,
      root: (entry[3] as object | undefined) ?? null,
      input: input < 0 ? null : input,
    };
  });
  return { awaiters, total };
}
