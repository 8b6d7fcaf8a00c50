// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Frame } from '../model/frame.js';
import { Stack } from '../model/stack.js';
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
  readonly root: object | null;
  /** Of a combinator: which input the awaited promise is; null when unknown. */
  readonly input: number | null;
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
    return {
      frame: maker.make(entry, 0),
      root: (entry[3] as object | undefined) ?? null,
      input: input < 0 ? null : input,
    };
  });
}

/**
 * The async callers of a target, outermost first. Where several wait, a frame whose branches they
 * are goes before what they wait for.
 */
export function awaiterFrames(
  target: unknown,
  options: ResolvedOptions,
): Frame[] {
  return framesAbove(target, options, { left: options.maxFrames }, new Set());
}

/** A ring ends where it meets itself; who is reached on several ways stands on each of them. */
function framesAbove(
  target: unknown,
  options: ResolvedOptions,
  budget: { left: number },
  below: ReadonlySet<unknown>,
): Frame[] {
  const frames: Frame[] = [];
  const passed = new Set(below).add(target);
  let current = target;
  while (budget.left > 0) {
    const awaiters = directAwaiters(current, options);
    const [only] = awaiters;
    if (only === undefined) break;
    budget.left -= awaiters.length;
    if (awaiters.length > 1) {
      const branches = awaiters.map(({ frame, root }) => {
        const isNew = root !== null && !passed.has(root);
        const above = isNew ? framesAbove(root, options, budget, passed) : [];
        return new Stack(root, [...above, frame]);
      });
      frames.push(Frame.awaiters(branches));
      break;
    }
    frames.push(only.frame);
    if (only.root === null || passed.has(only.root)) break;
    passed.add(only.root);
    current = only.root;
  }
  return frames.reverse();
}
