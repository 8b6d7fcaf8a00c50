// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap } from '../base/lists.js';
import {
  ArrayPrototypeIndexOf,
  GlobalMap,
  GlobalSet,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import type { Captured } from '../base/capture.js';
import { type CapturedThread, plainSite } from '../model/site.js';
import type { WaitReason } from '../model/wait-reason.js';
import { Evidence } from './evidence.js';
import { findDeadlocks, type LeafFacts } from './deadlocks.js';
import {
  explainLeaf,
  type LeafReason,
  mergeReasons,
  reasonOf,
} from './reason.js';
import { takeAddedRules } from './rules/all.js';

/** Threads that say why their stacks end where they do, as far as the evidence goes. */
export function explainThreads(
  threads: readonly CapturedThread[],
): CapturedThread[] {
  takeAddedRules();
  return ArrayPrototypeMap(threads, explainThread);
}

function explainThread(thread: CapturedThread): CapturedThread {
  const { evidence: raw, sites, makeSite = plainSite } = thread;
  if (raw === undefined) return thread;
  const evidence = new Evidence(raw, (index) =>
    index < sites.length ? makeSite(sites, index) : null,
  );
  const known = new GlobalMap<string, WaitReason | null>();
  let deadlocks: CapturedDeadlocks | undefined;
  const like = likeNodes(thread);
  return {
    ...thread,
    reasonAt(groups, at, branch) {
      // Reasons are those of tasks in the same places.
      const node = MapPrototypeGet(like, at) ?? at;
      const key = `${groups[0]}:${node}:${branch}`;
      if (MapPrototypeHas(known, key))
        return MapPrototypeGet(known, key) ?? null;
      const leaves = evidence.leavesAt(groups, node, branch);
      const reason = mergeReasons(
        ArrayPrototypeMap(leaves, (leaf) => reasonOf(leaf, evidence)),
        tasksOf(thread, groups),
      );
      MapPrototypeSet(known, key, reason);
      return reason;
    },
    deadlocks() {
      deadlocks ??= deadlocksOf(raw, evidence);
      return deadlocks;
    },
  };
}

type CapturedDeadlocks = ReturnType<NonNullable<CapturedThread['deadlocks']>>;

function deadlocksOf(
  { leaves }: Captured<'evidence'>,
  evidence: Evidence,
): CapturedDeadlocks {
  const groups = new GlobalSet<number>();
  const { wakers } = evidence;
  const holders = wakers.holders();
  if (holders.length === 0) return { found: [], groups };
  const rows = new GlobalMap<number, number>();
  for (let row = leaves.length - 1; row >= 0; row--)
    MapPrototypeSet(rows, leaves.thing[row] ?? -1, row);
  const known = new GlobalMap<number, LeafFacts>();
  const { deadlocks, leaves: of } = findDeadlocks({
    holders,
    thing: (id) => evidence.thing(id),
    needsOf: (holder) => wakers.needsOf(holder),
    leafFacts(promise) {
      const { id } = promise;
      const before = MapPrototypeGet(known, id);
      if (before !== undefined) return before;
      const row = MapPrototypeGet(rows, id);
      const waiter = row === undefined ? -1 : (leaves.waiter[row] ?? -1);
      const facts = factsOf(explainLeaf({ promise, waiter }, evidence));
      MapPrototypeSet(known, id, facts);
      return facts;
    },
  });
  for (let row = 0; row < leaves.length; row++)
    if (SetPrototypeHas(of, leaves.thing[row] ?? -1))
      SetPrototypeAdd(groups, leaves.group[row] ?? -1);
  return { found: deadlocks, groups };
}

function factsOf({ reason, wakers, isOnlyByWakers }: LeafReason): LeafFacts {
  return { text: reason?.text ?? 'a promise', wakers, isOnlyByWakers };
}

function tasksOf(
  { groups: rows }: CapturedThread,
  groups: readonly number[],
): number {
  let tasks = 0;
  for (let at = 0; at < groups.length; at++) {
    const group = groups[at] ?? -1;
    // A group may stand there twice, for its sample.
    if (ArrayPrototypeIndexOf(groups, group) === at)
      tasks += rows.count[group] ?? 0;
  }
  return tasks;
}

/** By the nodes of one task alone: those that tasks like it share. */
function likeNodes({ sampleNodes }: CapturedThread): Map<number, number> {
  const like = new GlobalMap<number, number>();
  for (let row = 0; row < sampleNodes.length; row++)
    MapPrototypeSet(
      like,
      sampleNodes.node[row] ?? -1,
      sampleNodes.like[row] ?? -1,
    );
  return like;
}
