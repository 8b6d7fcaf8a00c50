// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayCopy, ArrayPrototypeMap } from '../base/lists.js';
import {
  ArrayPrototypeIndexOf,
  ArrayPrototypeSort,
  MathMin,
} from '../base/primordials.js';
import type { RawThread, Sites } from '../base/capture.js';
import { NodeType } from '../base/capture-schema.js';
import type { Depths } from './dump.js';
import { type Verdict, VERDICTS } from './verdict.js';

/** So many frames of a stack decide where it stands among those of the same size. */
const MOST_COMPARED = 64;
/** And so many levels of branches. */
const MOST_NESTED = 8;
/** More groups than are ever printed stand in the order of the heap. */
const MOST_SORTED = 250_000;

/** Tasks that stand at the same places, from a node on. */
export interface Group {
  /** Of the tasks that stand for all. */
  node: number;
  /** Where they begin, whatever each of them holds. */
  readonly begin: number;
  /** Where all of them stand, however often functions have called themselves. */
  readonly place: number;
  /** Nothing can ever resume them. */
  readonly isStuck: boolean;
  count: number;
  readonly verdict: Verdict;
  /** Where they differ in how often they repeat some frames: how many frames they have. */
  depths: Depths | null;
}

/** What groups are told by. */
type Tasks = Pick<RawThread, 'branches' | 'nodes' | 'sites'>;

/**
 * These groups: what will never go on, then the largest first, and last what is not of the program.
 * Groups of one size have no order but that of the heap, which changes from walk to walk: so they stand in the
 * order of their places, outermost frame first.
 */
export function orderGroups(
  raw: Tasks,
  shown: readonly Group[],
): readonly Group[] {
  if (shown.length > MOST_SORTED) return shown;
  const ranks = ranksOf(raw.sites);
  return ArrayPrototypeSort(
    ArrayCopy(shown),
    (a, b) =>
      importance(a) - importance(b) ||
      b.count - a.count ||
      compare(raw, ranks, a.node, b.node, 0),
  );
}

/** Only what is certain never to go on stands above larger groups, and libraries below them. */
function importance({ verdict }: Group): number {
  return ArrayPrototypeIndexOf(
    VERDICTS,
    verdict === 'ready' ? 'waiting' : verdict,
  );
}

/** The rank of each site among all of them, by its place in the code that runs. */
function ranksOf(sites: Sites): number[] {
  const order = ArrayPrototypeSort(
    ArrayPrototypeMap(sites.line, (_, site) => site),
    (a, b) => compareSites(sites, a, b),
  );
  const ranks: number[] = ArrayPrototypeMap(order, () => 0);
  let rank = 0;
  for (let at = 0; at < order.length; at++) {
    const site = order[at] as number;
    const before = order[at - 1];
    if (before !== undefined && compareSites(sites, before, site) !== 0) rank++;
    ranks[site] = rank;
  }
  return ranks;
}

function compareSites(
  { functionName, scriptName, line, column }: Sites,
  a: number,
  b: number,
): number {
  return (
    compareText(scriptName[a] ?? '', scriptName[b] ?? '') ||
    (line[a] ?? 0) - (line[b] ?? 0) ||
    (column[a] ?? 0) - (column[b] ?? 0) ||
    compareText(functionName[a] ?? '', functionName[b] ?? '')
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compare(
  raw: Tasks,
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
    const type = nodes.type[a] ?? 0;
    const byType = type - (nodes.type[b] ?? 0);
    if (byType !== 0) return byType;
    const payload = nodes.payload[a] ?? 0;
    const otherPayload = nodes.payload[b] ?? 0;
    const byPayload =
      type === NodeType.frame
        ? (ranks[payload] ?? 0) - (ranks[otherPayload] ?? 0)
        : type === NodeType.combinator
          ? payload - otherPayload
          : 0;
    if (byPayload !== 0) return byPayload;
    const byBranches = compareBranches(raw, ranks, a, b, depth);
    if (byBranches !== 0) return byBranches;
    a = nodes.next[a] ?? -1;
    b = nodes.next[b] ?? -1;
  }
  return 0;
}

/** Of two nodes: fewer branches first, then branch by branch. */
function compareBranches(
  raw: Tasks,
  ranks: readonly number[],
  a: number,
  b: number,
  depth: number,
): number {
  const { nodes, branches } = raw;
  const count = nodes.branchesCount[a] ?? 0;
  const byCount = count - (nodes.branchesCount[b] ?? 0);
  if (byCount !== 0 || depth >= MOST_NESTED) return byCount;
  const { input, node } = branches;
  const most = MathMin(count, MOST_COMPARED);
  for (let index = 0; index < most; index++) {
    const one = (nodes.branchesBegin[a] ?? 0) + index;
    const two = (nodes.branchesBegin[b] ?? 0) + index;
    const order =
      (input[one] ?? -1) - (input[two] ?? -1) ||
      compare(raw, ranks, node[one] ?? -1, node[two] ?? -1, depth + 1);
    if (order !== 0) return order;
  }
  return 0;
}
