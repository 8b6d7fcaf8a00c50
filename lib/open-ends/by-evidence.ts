// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeHas,
  MapPrototypeSet,
} from '../base/primordials.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { noteTimerBase } from '../engine/timer-base.js';
import { addedRules } from '../explain/added-rules.js';
import { Evidence } from '../explain/evidence.js';
import { reasonOf } from '../explain/reason.js';
import { takeAddedRules } from '../explain/rules/all.js';
import type { WaitReason } from '../model/wait-reason.js';
import { liveSite } from '../source-maps/live-sites.js';
import { openEnds, ownLists } from './open-promises.js';
import { onForget } from './own-lists.js';

/** So many searches in one extraction: each takes a walk of the heap. */
const MOST_SEARCHES = 20;
/** So many promises are asked for in one search. */
const MOST_PROMISES = 100;

interface Reasons {
  /** By all rules. */
  readonly all: WaitReason | null;
  /** By those that programs have added: these speak before what glue knows. */
  readonly added: WaitReason | null;
}

const NONE: Reasons = { all: null, added: null };

let searches = 0;
let isAsked = true;
let known = new GlobalMap<object, Reasons>();

/** Whether the evidence is asked for from now on. */
export function askEvidence(ask: boolean): void {
  isAsked = ask;
}

onForget(() => {
  searches = 0;
  if (MapPrototypeGetSize(known) > 0) known = new GlobalMap();
});

/** What a dump would say of a promise, from who holds what settles it. */
export function reasonsByEvidence(promise: object): Reasons {
  if (!MapPrototypeHas(known, promise)) search(promise);
  return MapPrototypeGet(known, promise) ?? NONE;
}

/** By rules alone that programs have added: those speak before what glue knows. */
export function reasonByAddedRules(promise: object): WaitReason | null {
  const hasSome = (addedRules()?.rulesVersion() ?? 0) > 0;
  return hasSome ? reasonsByEvidence(promise).added : null;
}

/** Asks for all promises that are known to be the end of a stack. */
function search(promise: object): void {
  const binding = isAsked && can('holders') ? tryBinding() : null;
  if (binding === null || searches++ >= MOST_SEARCHES) return;
  noteTimerBase();
  const promises: object[] = [promise];
  for (const each of openEnds()) {
    if (promises.length >= MOST_PROMISES) break;
    if (each !== promise && !MapPrototypeHas(known, each))
      ArrayPrototypePush(promises, each);
  }
  const own = ownLists();
  ArrayPrototypePush(own, promises);
  const { sites, evidence: raw } = binding.explain(promises, own);
  if (raw === undefined) return;
  const evidence = new Evidence(
    raw,
    (index) => (index < sites.length ? liveSite(sites, index) : null),
    false,
  );
  takeAddedRules();
  const hasAdded = (addedRules()?.rulesVersion() ?? 0) > 0;
  for (let at = 0; at < promises.length; at++) {
    const { 0: leaf } = evidence.leavesAt([at], 0, -1);
    const say = (onlyAdded: boolean): WaitReason | null =>
      leaf === undefined
        ? null
        : ifKnown(reasonOf(leaf, evidence, onlyAdded), evidence);
    MapPrototypeSet(known, promises[at] as object, {
      all: say(false),
      added: hasAdded ? say(true) : null,
    });
  }
}

/** Who holds it, where no rule is known, may be what has looked for it. */
function ifKnown(
  reason: WaitReason | null,
  { isCut }: Evidence,
): WaitReason | null {
  if (reason === null || reason.sure) return reason;
  const isByRule = reason.kind !== 'unknown' && reason.kind !== 'task';
  return isCut && isByRule ? reason : null;
}
