// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  MapPrototypeValues,
  SetValues,
} from '../base/lists.js';
import { isPromise } from '../base/node-types.js';
import {
  GlobalMap,
  GlobalPromise,
  GlobalSet,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeHas,
  MapPrototypeSet,
  SetPrototypeAdd,
  SetPrototypeGetSize,
} from '../base/primordials.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { forgetClosures, ownClosures } from './closures.js';
import { heldLists, type Holder, isKnown, knownOf, search } from './holders.js';
import { deleteAll, keep, keptLists, onForget } from './own-lists.js';

/** So many promises are explained in one call. */
const MOST_ENDS = 1_000;

/** So many holders are looked for ahead. */
const MOST_AHEAD = 1_000;

interface OpenEnd {
  /** The functions that fulfill the promise, then those that reject it. */
  readonly resolvers: readonly object[];
  readonly fulfilling: readonly object[];
  settlers: readonly Holder[] | null;
}

/** Promises at the end of a chain, of the extraction that runs. */
const open = new GlobalMap<object, OpenEnd>();

onForget(() => {
  deleteAll(open);
  forgetClosures();
});

/**
 * Called for each promise at which a chain ends, with the functions that settle it. True when glue
 * may know more.
 */
export function noteOpenEnd(
  leaf: unknown,
  resolvers: readonly object[] | undefined,
): boolean {
  if (!isPromise(leaf)) return false;
  if (MapPrototypeHas(open, leaf)) return true;
  if (resolvers === undefined || MapPrototypeGetSize(open) >= MOST_ENDS)
    return false;
  keep(resolvers);
  const { 0: fulfilling, 1: rejecting } = byKind(resolvers);
  const both = ArrayConcat(fulfilling, rejecting);
  keep(both);
  MapPrototypeSet(open, leaf, {
    resolvers: both,
    fulfilling,
    settlers: null,
  });
  return true;
}

/** Functions that fulfill a promise, and those that reject it. Those that cannot be told do both. */
function byKind(functions: readonly object[]): [object[], object[]] {
  const binding = can('native') ? tryBinding() : null;
  const fulfilling: object[] = [];
  const rejecting: object[] = [];
  for (const fn of functions) {
    const rejects = binding?.sharesCode(fn, rejectSample) === true;
    ArrayPrototypePush(rejects ? rejecting : fulfilling, fn);
  }
  keep(fulfilling);
  keep(rejecting);
  return [fulfilling, rejecting];
}

let rejectSample: unknown;
void new GlobalPromise((_, reject) => {
  rejectSample = reject;
});

export function isOpenEnd(item: unknown): item is Promise<unknown> {
  return isPromise(item) && MapPrototypeHas(open, item);
}

/** The promises at the ends of chains, of the extraction that runs. */
export function openEnds(): object[] {
  const found: object[] = [];
  MapPrototypeForEach(open, (_, promise) => {
    ArrayPrototypePush(found, promise);
  });
  return found;
}

/** What holds something of the program because we have looked for it. */
export function ownLists(): object[] {
  const own: object[] = ArrayConcat(keptLists(), ownClosures(), heldLists());
  ArrayPrototypePush(own, open);
  MapPrototypeForEach(open, (end) => {
    ArrayPrototypePush(own, end);
  });
  return own;
}

/** Who could settle a promise at the end of a chain. One search for all that are known by then. */
export function settlersOf(promise: Promise<unknown>): readonly Holder[] {
  if (MapPrototypeGet(open, promise)?.settlers === null) {
    const ends = ArrayPrototypeFilter(
      MapPrototypeValues(open),
      ({ settlers }) => settlers === null,
    );
    // Nothing may hold them but what is known to be ours: the search would find it.
    const unknown: object[] = [];
    for (const { resolvers } of ends) {
      for (const resolver of resolvers) {
        if (!isKnown(resolver)) ArrayPrototypePush(unknown, resolver);
      }
    }
    search(unknown, 1);
    for (const end of ends)
      end.settlers = ArrayPrototypeFlatMap(end.resolvers, knownOf);
  }
  return MapPrototypeGet(open, promise)?.settlers ?? [];
}

/** Those of the functions that settle a promise at the end of a chain which some settlers hold. */
export function resolversHeldBy(
  settlers: readonly Holder[],
  promise: object,
): object[] {
  const all = MapPrototypeGet(open, promise)?.resolvers ?? [];
  const held = ArrayPrototypeFilter(all, (fn) =>
    ArrayPrototypeSome(settlers, (holder) => holdsIt(holder, fn)),
  );
  keep(held);
  return held;
}

/** Whether all that a settler is known to do to a promise is to reject it. */
export function onlyRejects(holder: Holder, promise: object): boolean {
  const end = MapPrototypeGet(open, promise);
  if (end === undefined || end.fulfilling.length === end.resolvers.length)
    return false;
  return !ArrayPrototypeSome(end.fulfilling, (fn) => holdsIt(holder, fn));
}

/** Without a function of its own, which would hold the settler until it is collected. */
function holdsIt({ value, fn }: Holder, held: object): boolean {
  for (const each of knownOf(held))
    if (each.value === value && each.fn === fn) return true;
  return false;
}

/** Before a climb that starts with who settles a promise: one search for all promises of a call. */
export function searchAhead(levels: number): void {
  const values = new GlobalSet<object>();
  for (const { settlers } of MapPrototypeValues(open)) {
    for (const { value } of settlers ?? []) {
      if (!isKnown(value)) SetPrototypeAdd(values, value);
    }
    if (SetPrototypeGetSize(values) >= MOST_AHEAD) break;
  }
  search(SetValues(values), levels);
}
