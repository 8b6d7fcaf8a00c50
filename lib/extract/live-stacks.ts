// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayCopy,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  ArrayPrototypeSlice,
  ArrayPrototypeSome,
  ArrayPrototypeSplice,
} from '../base/lists.js';
import {
  ArrayPrototypePop,
  GlobalArray,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  MathMax,
  TypedArrayPrototypeGetLength,
} from '../base/primordials.js';
import { noteOpenEnd } from '../explain/holders.js';
import { notePassed } from '../explain/limits.js';
import { isKnownToGlue, isOverruled } from '../hooks/ask.js';
import { hasHideLocal, hidesItself } from '../hooks/hide.js';
import { AsynctbError } from '../base/errors.js';
import { type AnyFunction, Frame } from '../model/frame.js';
import { COLLECTED, READY_TO_RESUME } from '../model/placeholder.js';
import { cycleError, tooManyFrames } from '../model/end-errors.js';
import { sortByPlace } from '../model/place-order.js';
import type { Resource } from '../model/resource.js';
import { hasMark, type Site } from '../model/site.js';
import { Stack } from '../model/stack.js';
import { ChainEnd } from '../base/capture-schema.js';
import { ENTRY_STRIDE, loadBinding, type RawChain } from '../engine/binding.js';
import type { Sites } from '../base/capture.js';
import {
  COMBINATORS,
  FRAME_STATES,
  PERHAPS_RACE,
  SiteMark,
} from '../base/capture-schema.js';
import { liveSites } from '../source-maps/live-sites.js';
import type { Following } from '../resources/compiled-holders.js';
import { frameResources } from '../resources/resources.js';
import type { Held } from '../resources/held.js';
import { mergeScopes } from '../resources/scopes.js';
import {
  hasResourceHooks,
  isHandler,
  isOriginOverruled,
  isTouched,
  markTouched,
  sitesWithHooks,
  wantsHooks,
} from './touched.js';

/** Called for a chain that ends in a frame that is running. */
export type RunningEnd = (
  stack: Stack,
  activations: number,
  activationIndex: number,
) => void;

/** Makes frames of the entries that the addon hands over. */
export class FrameMaker {
  readonly #raw: Sites;
  readonly #sites: readonly Site[];
  /** What all frames hold: for what is looked up of each afterwards. */
  readonly resources: Resource[] = [];
  readonly #hooked: readonly boolean[] | null;
  readonly #resourceHooks = hasResourceHooks();
  readonly #locals: boolean;
  /** Set once a frame was made that some hook wants to see. */
  touched = false;

  constructor(sites: Sites, locals = true) {
    this.#raw = sites;
    this.#sites = liveSites(sites);
    this.#hooked = sitesWithHooks(this.#sites);
    this.#locals = locals;
  }

  /** The frame of the entry that starts at `at`; branches are left to the caller. */
  make(entries: readonly unknown[], at: number): Frame {
    const place = entries[at] as number;
    const site = this.#sites[place];
    if (site === undefined) return combinator(entries, at);
    const frame = new Frame(
      site,
      FRAME_STATES[this.#raw.state[place] ?? -1] ?? 'suspended',
      (entries[at + 1] as AnyFunction | undefined) ?? null,
      entries[at + 2],
      (entries[at + 3] as object | undefined) ?? null,
    );
    const scopes = entries[at + 4] as readonly object[] | undefined;
    if (scopes !== undefined) {
      frame.hide ||= hasHideLocal(scopes);
      if (this.#locals) frame.locals = mergeScopes(scopes);
    }
    const fn = frame.function;
    if (fn !== null && hidesItself(fn, isHandler(frame))) {
      frame.hide = true;
    }
    this.#addResources(frame, entries, at);
    this.touched ||=
      this.#hooked?.[place] === true ||
      (this.#resourceHooks && frame.hasResources) ||
      isOriginOverruled(frame, entries[at + 3]);
    return frame;
  }

  /** Whether the text at a site awaits a call of `Promise.race`. */
  awaitsRace(place: unknown): boolean {
    return hasMark(this.#raw, place as number, SiteMark.awaitsRace);
  }

  #addResources(frame: Frame, entries: readonly unknown[], at: number): void {
    const activation = entries[at + 8];
    if (activation === undefined || frame.state !== 'suspended') return;
    const resources = frameResources(
      {
        sites: this.#raw,
        site: entries[at] as number,
        fn: entries[at + 1],
        held: entries[at + 7] as Held | undefined,
        activation,
        scopes: entries[at + 4] as readonly object[] | undefined,
        following: followingOf(entries, at),
      },
      loadBinding(),
    );
    if (resources.length === 0) return;
    frame.resources = resources;
    ArrayPrototypePushAll(this.resources, resources);
  }
}

function followingOf(entries: readonly unknown[], at: number): Following {
  const next = at + ENTRY_STRIDE;
  const afterNext = next + ENTRY_STRIDE;
  return {
    fn: entries[next + 1],
    nextFn: entries[afterNext + 1],
    nextReceiver: entries[afterNext + 2],
  };
}

function combinator(entries: readonly unknown[], at: number): Frame {
  const branches = entries[at + 5] as Int32Array;
  const total = entries[at + 6] as number;
  return Frame.combinator(
    COMBINATORS[-1 - (entries[at] as number)] ?? 'Promise.all',
    // Among awaiters nobody has counted the other inputs.
    TypedArrayPrototypeGetLength(branches) === 0 && total !== PERHAPS_RACE
      ? null
      : {
          total: total > 0 ? total : null,
          pending: MathMax(TypedArrayPrototypeGetLength(branches) / 2, 1),
        },
  );
}

/**
 * The entries without those combinators of which the frame above does not say that it awaits a race;
 * `races` gets the numbers of those that stay, `dropped` those that the others had, in order.
 */
function withoutDoubtful(
  entries: readonly unknown[],
  maker: FrameMaker,
  races: number[],
  dropped: number[],
): readonly unknown[] {
  if (!hasDoubtful(entries)) return entries;
  const kept: unknown[] = [];
  for (let at = 0; at < entries.length; at += ENTRY_STRIDE) {
    if (entries[at + 6] === PERHAPS_RACE) {
      if (!maker.awaitsRace(entries[at - ENTRY_STRIDE])) {
        ArrayPrototypePush(dropped, at / ENTRY_STRIDE);
        continue;
      }
      ArrayPrototypePush(races, kept.length / ENTRY_STRIDE);
    }
    for (let i = 0; i < ENTRY_STRIDE; i++)
      ArrayPrototypePush(kept, entries[at + i]);
  }
  return kept;
}

function hasDoubtful(entries: readonly unknown[]): boolean {
  for (let at = 6; at < entries.length; at += ENTRY_STRIDE) {
    if (entries[at] === PERHAPS_RACE) return true;
  }
  return false;
}

/** Turns chains into stacks, all at once: a branch's chain comes after the one that it is of. */
export function stacksFromChains(
  chains: readonly RawChain[],
  maker: FrameMaker,
  maxFrames: number,
  onRunning: RunningEnd,
): Stack[] {
  const branchIndices = new GlobalMap<number, number>();
  for (const { 0: entries } of chains) {
    const branches = lastBranches(entries);
    if (branches === undefined) continue;
    for (let i = 0; i < TypedArrayPrototypeGetLength(branches); i += 2) {
      MapPrototypeSet(
        branchIndices,
        branches[i + 1] as number,
        branches[i] as number,
      );
    }
  }
  const stacks = new GlobalArray<Stack>(chains.length);
  for (let index = chains.length - 1; index >= 0; index--) {
    const chain = chains[index] as RawChain;
    const input = MapPrototypeGet(branchIndices, index) ?? -1;
    stacks[index] = stackOf(chain, maker, stacks, input, maxFrames, onRunning);
  }
  return stacks;
}

function lastBranches(entries: readonly unknown[]): Int32Array | undefined {
  return entries.length === 0
    ? undefined
    : (entries[entries.length - ENTRY_STRIDE + 5] as Int32Array | undefined);
}

function stackOf(
  {
    0: entries,
    1: end,
    2: leaf,
    3: activations,
    4: activationIndex,
    5: resolvers,
    6: passed,
  }: RawChain,
  maker: FrameMaker,
  stacks: readonly Stack[],
  input: number,
  maxFrames: number,
  onRunning: RunningEnd,
): Stack {
  maker.touched = false;
  const races: number[] = [];
  const dropped: number[] = [];
  const kept = withoutDoubtful(entries, maker, races, dropped);
  const all: Frame[] = [];
  for (let at = 0; at < kept.length; at += ENTRY_STRIDE) {
    ArrayPrototypePush(all, maker.make(kept, at));
  }
  if (passed !== undefined) {
    const inPlace: (Frame | undefined)[] = ArrayCopy(all);
    for (const place of dropped)
      ArrayPrototypeSplice(inPlace, place, 0, undefined);
    notePassed(inPlace, passed);
  }
  // What a race of one waits for is a stack of its own, and the innermost one has the end.
  const innermost = races.length > 0;
  const frames = innermost
    ? ArrayPrototypeSplice(all, (ArrayPrototypePop(races) as number) + 1)
    : all;
  const branches = lastBranches(kept);
  const last = frames[frames.length - 1];
  if (branches !== undefined && last !== undefined) {
    for (let i = 0; i < TypedArrayPrototypeGetLength(branches); i += 2) {
      const branch = stacks[branches[i + 1] as number];
      if (branch !== undefined) ArrayPrototypePush(last.branches, branch);
    }
    if (last.branches[0]?.branchIndex === null) {
      last.branches = sortByPlace(last.branches, (branch, most) =>
        ArrayPrototypeSlice(branch.frames, 0, most),
      );
    }
    maker.touched ||= ArrayPrototypeSome(last.branches, isTouched);
  }
  const index = input < 0 ? null : input;
  const stack = new Stack(
    undefined,
    frames,
    [],
    null,
    innermost ? null : index,
  );
  switch (end) {
    case ChainEnd.leaf:
      ArrayPrototypePush(stack.leaves, leaf);
      // Said of each: one search answers for all of them.
      if (noteOpenEnd(leaf, resolvers)) maker.touched = true;
      maker.touched ||= isOverruled(leaf) || isKnownToGlue(leaf);
      break;
    case ChainEnd.ready:
      ArrayPrototypePush(stack.leaves, READY_TO_RESUME);
      break;
    case ChainEnd.collected:
      ArrayPrototypePush(stack.leaves, COLLECTED);
      break;
    case ChainEnd.cycle:
      stack.error = cycleError();
      break;
    case ChainEnd.truncated:
      stack.error = maxFramesReached(maxFrames);
      break;
    case ChainEnd.running:
      onRunning(stack, activations, activationIndex);
      maker.touched ||= wantsHooks(stack);
      break;
  }
  if (maker.touched) markTouched(stack);
  return innermost
    ? aboveRaces(stack, all, races, index, maker.touched)
    : stack;
}

/** The stack above what races of one wait for; `frames` end with the innermost of them. */
function aboveRaces(
  innermost: Stack,
  frames: Frame[],
  races: number[],
  index: number | null,
  touched: boolean,
): Stack {
  let below = innermost;
  for (;;) {
    ArrayPrototypePush((frames[frames.length - 1] as Frame).branches, below);
    const race = ArrayPrototypePop(races);
    const own =
      race === undefined ? frames : ArrayPrototypeSplice(frames, race + 1);
    below = new Stack(
      undefined,
      own,
      [],
      null,
      race === undefined ? index : null,
    );
    if (touched) markTouched(below);
    if (race === undefined) return below;
  }
}

export function maxFramesReached(maxFrames: number): AsynctbError {
  return tooManyFrames(maxFrames, ' (option maxFrames)');
}
