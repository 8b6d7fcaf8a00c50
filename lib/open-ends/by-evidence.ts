// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { noteTimerBase } from '../engine/timer-base.js';
import { addedRules } from '../explain/added-rules.js';
import { Evidence } from '../explain/evidence.js';
import { reasonOf } from '../explain/reason.js';
import { takeAddedRules } from '../explain/rules/all.js';
import type { WaitReason } from '../model/wait-reason.js';
import { liveSite } from '../source-maps/live-sites.js';
import { onForget, ownLists } from './holders.js';

/** So many promises are asked for in one extraction: each takes a walk of the heap. */
const MOST_ASKED = 40;

let asked = 0;
let isAsked = true;

/** Whether the evidence is asked for from now on. */
export function askEvidence(ask: boolean): void {
  isAsked = ask;
}

onForget(() => {
  asked = 0;
});

/** The same by rules alone that programs have added: those speak before what glue knows. */
export function reasonByAddedRules(promise: object): WaitReason | null {
  const hasSome = (addedRules()?.rulesVersion() ?? 0) > 0;
  return hasSome ? reasonByEvidence(promise, true) : null;
}

/** What a dump would say of a promise, from who holds what settles it. Null: nothing. */
export function reasonByEvidence(
  promise: object,
  onlyAdded = false,
): WaitReason | null {
  const binding = isAsked && can('holders') ? tryBinding() : null;
  if (binding === null || asked++ >= MOST_ASKED) return null;
  noteTimerBase();
  const { sites, evidence: raw } = binding.explain([promise], ownLists());
  if (raw === undefined) return null;
  const evidence = new Evidence(raw, (index) =>
    index < sites.length ? liveSite(sites, index) : null,
  );
  const { 0: leaf } = evidence.leavesAt([0], 0, -1);
  takeAddedRules();
  const reason =
    leaf === undefined ? null : reasonOf(leaf, evidence, onlyAdded);
  if (reason === null) return null;
  // Who holds it, where no rule is known, may be what has looked for it.
  const isByRule = reason.kind !== 'unknown' && reason.kind !== 'task';
  return reason.sure || (evidence.isCut && isByRule) ? reason : null;
}
