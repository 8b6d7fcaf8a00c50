// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { ArrayPrototypePop, MathMin } from '../base/primordials.js';
import type { RawThread } from '../base/capture.js';
import { NodeType } from '../base/capture-schema.js';
import { isRing } from './deadlock.js';
import type { Origin } from './origin.js';

/** The verdicts on a group of tasks, those first that matter most. */
export const VERDICTS = [
  'deadlock',
  'stuck',
  'waiting',
  'ready',
  'library',
] as const;

/**
 * What becomes of tasks. `'ready'`: what they await has settled, and they go on as soon as their thread gets
 * to it. `'library'`: they have no frame of the program's own. `'stuck'`: nothing can ever settle what they
 * await. `'deadlock'`: they wait for each other.
 */
export type Verdict = (typeof VERDICTS)[number];

/** So many nodes are looked at to find a frame that is the program's own. */
const MOST_SEARCHED = 256;

type Stacks = Pick<RawThread, 'branches' | 'nodes'>;

/** Whose code a site of the capture is. */
export type OriginOf = (site: number) => Origin;

/** What the frames alone say of the tasks that begin at a node. */
export function verdictOf(
  raw: Stacks,
  originOf: OriginOf,
  start: number,
): Verdict {
  if (isNobodysOwn(raw, originOf, start)) return 'library';
  if (isRing(raw, start)) return 'deadlock';
  return endOf(raw, start) === NodeType.ready ? 'ready' : 'waiting';
}

/** Nodes are made from the innermost frame outward: what a node leads to stands before it. */
function endOf({ nodes }: Stacks, start: number): number | undefined {
  let node = start;
  for (;;) {
    const next = nodes.next[node] ?? -1;
    if (next < 0 || next >= node) return nodes.type[node];
    node = next;
  }
}

/** Whether there are frames, and none of the program's own. */
function isNobodysOwn(
  { nodes, branches }: Stacks,
  originOf: OriginOf,
  start: number,
): boolean {
  const todo = [start];
  let hasFrame = false;
  for (let step = 0; step < MOST_SEARCHED; step++) {
    const node = ArrayPrototypePop(todo);
    if (node === undefined) return hasFrame;
    if (node < 0) continue;
    const type = nodes.type[node];
    if (type === NodeType.frame) {
      if (originOf(nodes.payload[node] ?? -1) === 'own') return false;
      hasFrame = true;
    }
    ArrayPrototypePush(todo, nodes.next[node] ?? -1);
    if (type !== NodeType.combinator) continue;
    const begin = nodes.branchesBegin[node] ?? 0;
    const count = MathMin(nodes.branchesCount[node] ?? 0, MOST_SEARCHED);
    for (let branch = begin; branch < begin + count; branch++)
      ArrayPrototypePush(todo, branches.node[branch] ?? -1);
  }
  // Too much to tell.
  return false;
}
