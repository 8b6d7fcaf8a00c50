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

/** One who waits: its frame, and the object that in turn others may wait for. */
export interface Awaiter {
  readonly frame: Frame;
  /** The frames inside of that one, outermost first: suspended WebAssembly has several. */
  readonly inner: readonly Frame[];
  readonly root: object | null;
  /** Of a combinator: which input the awaited promise is; null when unknown. */
  readonly input: number | null;
  /** Who waits for it in turn, where that is known already: it is in another thread. */
  readonly above?: readonly Awaiter[];
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

/** Who waits for a promise or an async generator directly. Needs no walk of the heap. */
export function directAwaiters(
  target: unknown,
  options: Pick<ResolvedOptions, 'locals' | 'resources'>,
): Awaiter[] {
  if (!can('promises')) return [];
  const [sites, awaiters] = loadBinding().awaiters(
    target,
    detailFlags(options),
  );
  const maker = new FrameMaker(sites);
  return awaiters.map((entry) => {
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
}
