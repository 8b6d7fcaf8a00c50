// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayCopy,
  ArrayPrototypeMap,
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
} from '../base/primordials.js';
import { noteOpenEnd } from '../open-ends/open-promises.js';
import { emptyList } from '../open-ends/own-lists.js';
import { notePassed } from '../open-ends/limits.js';
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
import { loadBinding } from '../engine/binding.js';
import type { Captured, Table } from '../base/capture.js';
import {
  COMBINATORS,
  FRAME_STATES,
  PERHAPS_RACE,
  SiteMark,
} from '../base/capture-schema.js';
import { liveSites } from '../source-maps/live-sites.js';
import type { Following } from '../resources/compiled-holders.js';
import { frameResources } from '../resources/resources.js';
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
  readonly #frames: Captured<'frames'>;
  readonly #sites: readonly Site[];
  /** What all frames hold: for what is looked up of each afterwards. */
  readonly resources: Resource[] = [];
  readonly #hooked: readonly boolean[] | null;
  readonly #resourceHooks = hasResourceHooks();
  readonly #locals: boolean;
  /** Set once a frame was made that some hook wants to see. */
  touched = false;

  constructor(frames: Captured<'frames'>, locals = true) {
    this.#frames = frames;
    this.#sites = liveSites(frames.sites);
    this.#hooked = sitesWithHooks(this.#sites);
    this.#locals = locals;
  }

  /** The frame of one of the entries that follow each other; branches are left to the caller. */
  make(chain: readonly number[], at: number): Frame {
    const { entries, sites } = this.#frames;
    const entry = chain[at] ?? -1;
    const place = entries.site[entry] ?? -1;
    const site = this.#sites[place];
    if (site === undefined) return this.#combinator(entry);
    const origin = entries.origin[entry];
    const frame = new Frame(
      site,
      FRAME_STATES[sites.state[place] ?? -1] ?? 'suspended',
      (entries.function[entry] as AnyFunction | undefined) ?? null,
      entries.receiver[entry],
      (origin as object | undefined) ?? null,
    );
    const scopes = entries.scopes[entry];
    if (scopes !== undefined) {
      frame.hide ||= hasHideLocal(scopes);
      if (this.#locals) frame.locals = mergeScopes(scopes);
    }
    const fn = frame.function;
    if (fn !== null && hidesItself(fn, isHandler(frame))) {
      frame.hide = true;
    }
    this.#addResources(frame, chain, at);
    this.touched ||=
      this.#hooked?.[place] === true ||
      (this.#resourceHooks && frame.hasResources) ||
      isOriginOverruled(frame, origin);
    return frame;
  }

  #combinator(entry: number): Frame {
    const { combinators } = this.#frames;
    const at = this.#frames.entries.combinator[entry] ?? -1;
    const total = combinators?.total[at] ?? 0;
    const inputs = combinators?.inputsCount[at] ?? 0;
    return Frame.combinator(
      COMBINATORS[combinators?.kind[at] ?? -1] ?? 'Promise.all',
      // Among awaiters nobody has counted the other inputs.
      inputs === 0 && total !== PERHAPS_RACE
        ? null
        : { total: total > 0 ? total : null, pending: MathMax(inputs, 1) },
    );
  }

  /** Where the inputs of an entry begin, and how many they are; null for a frame. */
  inputsOf(entry: number | undefined): Range | null {
    const { combinators, entries } = this.#frames;
    const at = entries.combinator[entry ?? -1] ?? -1;
    return combinators === undefined || at < 0
      ? null
      : {
          begin: combinators.inputsBegin[at] ?? 0,
          count: combinators.inputsCount[at] ?? 0,
        };
  }

  /** Whether an entry is a combinator only if the frame above awaits a race. */
  isDoubtful(entry: number): boolean {
    const { combinators, entries } = this.#frames;
    if (combinators === undefined) return false;
    const at = entries.combinator[entry] ?? -1;
    return combinators.total[at] === PERHAPS_RACE;
  }

  /** Whether the text at an entry's place awaits a call of `Promise.race`. */
  awaitsRace(entry: number | undefined): boolean {
    const { entries, sites } = this.#frames;
    const site = entries.site[entry ?? -1] ?? -1;
    return hasMark(sites, site, SiteMark.awaitsRace);
  }

  #addResources(frame: Frame, chain: readonly number[], at: number): void {
    const { entries, sites } = this.#frames;
    const entry = chain[at] ?? -1;
    const activation = entries.activation[entry];
    if (activation === undefined || frame.state !== 'suspended') return;
    const resources = frameResources(
      {
        sites,
        site: entries.site[entry] ?? -1,
        fn: entries.function[entry],
        held: entries.held[entry],
        activation,
        scopes: entries.scopes[entry],
        following: followingOf(entries, chain, at),
      },
      loadBinding(),
    );
    if (resources.length === 0) return;
    frame.resources = resources;
    ArrayPrototypePushAll(this.resources, resources);
  }
}

interface Range {
  readonly begin: number;
  readonly count: number;
}

function followingOf(
  entries: Table<'entry'>,
  chain: readonly number[],
  at: number,
): Following {
  const next = chain[at + 1] ?? -1;
  const afterNext = chain[at + 2] ?? -1;
  return {
    fn: entries.function[next],
    nextFn: entries.function[afterNext],
    nextReceiver: entries.receiver[afterNext],
  };
}

/** The entries of one chain or awaiter. */
export function entriesOf(
  {
    entriesBegin,
    entriesCount,
  }: Pick<Table<'awaiter'>, 'entriesBegin' | 'entriesCount'>,
  at: number,
): number[] {
  const begin = entriesBegin[at] ?? 0;
  const count = entriesCount[at] ?? 0;
  const entries: number[] = [];
  for (let index = 0; index < count; index++) entries[index] = begin + index;
  return entries;
}

/**
 * The entries without those combinators of which the frame above does not say that it awaits a race;
 * `races` gets the numbers of those that stay, `dropped` those that the others had, in order.
 */
function withoutDoubtful(
  entries: readonly number[],
  maker: FrameMaker,
  races: number[],
  dropped: number[],
): readonly number[] {
  const kept: number[] = [];
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at] as number;
    if (maker.isDoubtful(entry)) {
      if (!maker.awaitsRace(entries[at - 1])) {
        ArrayPrototypePush(dropped, at);
        continue;
      }
      ArrayPrototypePush(races, kept.length);
    }
    ArrayPrototypePush(kept, entry);
  }
  return kept;
}

/** Turns chains into stacks, all at once: a branch's chain comes after the one that it is of. */
export function stacksFromChains(
  extraction: Captured<'extraction'>,
  maker: FrameMaker,
  maxFrames: number,
  onRunning: RunningEnd,
): Stack[] {
  const { chains, inputs, passed } = extraction;
  const entries = ArrayPrototypeMap(chains.end, (_, chain) =>
    entriesOf(chains, chain),
  );
  const branchIndices = new GlobalMap<number, number>();
  for (const each of entries) {
    const range = maker.inputsOf(each[each.length - 1]);
    if (range === null) continue;
    const { begin, count } = range;
    for (let at = begin; at < begin + count; at++)
      MapPrototypeSet(
        branchIndices,
        inputs?.chain[at] ?? -1,
        inputs?.input[at] ?? -1,
      );
  }
  const stacks = new GlobalArray<Stack>(chains.length);
  for (let index = chains.length - 1; index >= 0; index--) {
    stacks[index] = stackOf(
      extraction,
      { index, entries: entries[index] ?? [] },
      maker,
      stacks,
      MapPrototypeGet(branchIndices, index) ?? -1,
      maxFrames,
      onRunning,
    );
  }
  if (passed !== undefined) emptyList(passed.function);
  return stacks;
}

interface Chain {
  readonly index: number;
  readonly entries: readonly number[];
}

function stackOf(
  { chains, inputs, passed }: Captured<'extraction'>,
  chain: Chain,
  maker: FrameMaker,
  stacks: readonly Stack[],
  input: number,
  maxFrames: number,
  onRunning: RunningEnd,
): Stack {
  maker.touched = false;
  const races: number[] = [];
  const dropped: number[] = [];
  const kept = withoutDoubtful(chain.entries, maker, races, dropped);
  const all: Frame[] = ArrayPrototypeMap(kept, (_, at) => maker.make(kept, at));
  const passedCount = chains.passedCount[chain.index] ?? 0;
  if (passed !== undefined && passedCount > 0) {
    const inPlace: (Frame | undefined)[] = ArrayCopy(all);
    for (const place of dropped)
      ArrayPrototypeSplice(inPlace, place, 0, undefined);
    const begin = chains.passedBegin[chain.index] ?? 0;
    notePassed(inPlace, passed, begin, passedCount);
  }
  // What a race of one waits for is a stack of its own, and the innermost one has the end.
  const innermost = races.length > 0;
  const frames = innermost
    ? ArrayPrototypeSplice(all, (ArrayPrototypePop(races) as number) + 1)
    : all;
  const branches = maker.inputsOf(kept[kept.length - 1]);
  const last = frames[frames.length - 1];
  if (branches !== null && last !== undefined) {
    const { begin, count } = branches;
    for (let at = begin; at < begin + count; at++) {
      const branch = stacks[inputs?.chain[at] ?? -1];
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
  const leaf = chains.leaf[chain.index];
  switch (chains.end[chain.index]) {
    case ChainEnd.leaf:
      ArrayPrototypePush(stack.leaves, leaf);
      // Said of each: one search answers for all of them.
      if (noteOpenEnd(leaf, chains.resolvers[chain.index]))
        maker.touched = true;
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
      onRunning(
        stack,
        chains.activations[chain.index] ?? 0,
        chains.activationIndex[chain.index] ?? -1,
      );
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
