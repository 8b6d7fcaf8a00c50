// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap, ArrayPrototypePush } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypePop,
  ArrayPrototypeSort,
  MathMin,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import {
  BRANCH_STRIDE,
  NODE_COMBINATOR,
  NODE_FRAME,
  NODE_STRIDE,
  type RawSite,
  type RawThread,
} from '../base/raw.js';

/** So many frames of a stack decide where it stands among those of the same size. */
const MOST_COMPARED = 64;
/** And so many levels of branches. */
const MOST_NESTED = 8;
/** More groups than are ever printed stand in the order of the heap. */
const MOST_SORTED = 250_000;

/** So many nodes are looked at to find a frame that is the program's own. */
const MOST_SEARCHED = 256;

interface Group {
  readonly count: number;
  readonly node: number;
  /** Frames of libraries, and none of the program's own. */
  readonly isLibrary: boolean;
}

/**
 * Pairs of count and node, the largest groups first, and those last that libraries are part of, and not the program.
 * Groups of one size have no order but that of the heap, which changes from walk to walk: so they stand in the
 * order of their places, outermost frame first.
 */
export function orderGroups(
  raw: RawThread,
  pairs: readonly number[],
): number[] {
  if (pairs.length / 2 > MOST_SORTED) return pairs as number[];
  const origins = ArrayPrototypeMap(raw.sites, ({ 1: script }) =>
    originOf(script),
  );
  const groups: Group[] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const node = pairs[at + 1] ?? -1;
    const isLibrary = isOfLibrary(raw, origins, node);
    ArrayPrototypePush(groups, { count: pairs[at] ?? 0, node, isLibrary });
  }
  const ranks = ranksOf(raw.sites);
  ArrayPrototypeSort(
    groups,
    (a, b) =>
      (a.isLibrary ? 1 : 0) - (b.isLibrary ? 1 : 0) ||
      b.count - a.count ||
      compare(raw, ranks, a.node, b.node, 0),
  );
  const ordered: number[] = [];
  for (const { count, node } of groups) {
    ArrayPrototypePush(ordered, count);
    ArrayPrototypePush(ordered, node);
  }
  return ordered;
}

const INSTALLED = /[\\/]node_modules[\\/]/;

/** Whose code it is: the program's own, a library's, or Node's, which is nobody's here. */
type Origin = 'own' | 'library' | 'node';

function originOf(script: string): Origin {
  if (script === '' || StringPrototypeStartsWith(script, 'node:'))
    return 'node';
  return RegExpTest(INSTALLED, script) ? 'library' : 'own';
}

function isOfLibrary(
  { nodes, branches }: RawThread,
  origins: readonly Origin[],
  start: number,
): boolean {
  const todo = [start];
  let isLibrary = false;
  for (let step = 0; step < MOST_SEARCHED; step++) {
    const node = ArrayPrototypePop(todo);
    if (node === undefined) return isLibrary;
    if (node < 0) continue;
    const at = node * NODE_STRIDE;
    const type = nodes[at];
    const origin = type === NODE_FRAME ? origins[nodes[at + 1] ?? -1] : 'node';
    if (origin === 'own') return false;
    if (origin === 'library') isLibrary = true;
    ArrayPrototypePush(todo, nodes[at + 2] ?? -1);
    if (type !== NODE_COMBINATOR) continue;
    const begin = nodes[at + 3] ?? 0;
    const count = MathMin(nodes[at + 4] ?? 0, MOST_SEARCHED);
    for (let index = begin; index < begin + count; index++) {
      ArrayPrototypePush(todo, branches[index * BRANCH_STRIDE + 1] ?? -1);
    }
  }
  // Too much to tell.
  return false;
}

/** The rank of each site among all of them, by its place in the code that runs. */
function ranksOf(sites: readonly RawSite[]): number[] {
  const order = ArrayPrototypeSort(
    ArrayPrototypeMap(sites, (site, index) => ({ site, index })),
    (a, b) => compareSites(a.site, b.site),
  );
  const ranks: number[] = ArrayPrototypeMap(sites, () => 0);
  let rank = 0;
  for (let at = 0; at < order.length; at++) {
    const { site, index } = order[at] as { site: RawSite; index: number };
    const before = order[at - 1];
    if (before !== undefined && compareSites(before.site, site) !== 0) rank++;
    ranks[index] = rank;
  }
  return ranks;
}

function compareSites(a: RawSite, b: RawSite): number {
  return (
    compareText(a[1], b[1]) ||
    a[2] - b[2] ||
    a[3] - b[3] ||
    compareText(a[0], b[0])
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compare(
  raw: RawThread,
  ranks: readonly number[],
  first: number,
  second: number,
  depth: number,
): number {
  const { nodes } = raw;
  let a = first;
  let b = second;
  for (let step = 0; step < MOST_COMPARED; step++) {
    if (a === b) return 0;
    if (a < 0 || b < 0) return a - b;
    const at = a * NODE_STRIDE;
    const other = b * NODE_STRIDE;
    const type = nodes[at] ?? 0;
    const byType = type - (nodes[other] ?? 0);
    if (byType !== 0) return byType;
    const payload = nodes[at + 1] ?? 0;
    const otherPayload = nodes[other + 1] ?? 0;
    const byPayload =
      type === NODE_FRAME
        ? (ranks[payload] ?? 0) - (ranks[otherPayload] ?? 0)
        : type === NODE_COMBINATOR
          ? payload - otherPayload
          : 0;
    if (byPayload !== 0) return byPayload;
    const byBranches = compareBranches(raw, ranks, at, other, depth);
    if (byBranches !== 0) return byBranches;
    a = nodes[at + 2] ?? -1;
    b = nodes[other + 2] ?? -1;
  }
  return 0;
}

/** Of two nodes by their words: fewer branches first, then branch by branch. */
function compareBranches(
  raw: RawThread,
  ranks: readonly number[],
  at: number,
  other: number,
  depth: number,
): number {
  const { nodes, branches } = raw;
  const count = nodes[at + 4] ?? 0;
  const byCount = count - (nodes[other + 4] ?? 0);
  if (byCount !== 0 || depth >= MOST_NESTED) return byCount;
  const begin = (nodes[at + 3] ?? 0) * BRANCH_STRIDE;
  const otherBegin = (nodes[other + 3] ?? 0) * BRANCH_STRIDE;
  const most = MathMin(count, MOST_COMPARED) * BRANCH_STRIDE;
  for (let offset = 0; offset < most; offset += BRANCH_STRIDE) {
    const one = begin + offset;
    const two = otherBegin + offset;
    const order =
      (branches[one] ?? -1) - (branches[two] ?? -1) ||
      compare(
        raw,
        ranks,
        branches[one + 1] ?? -1,
        branches[two + 1] ?? -1,
        depth + 1,
      );
    if (order !== 0) return order;
  }
  return 0;
}
