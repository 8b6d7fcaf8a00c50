// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Tasks that wait for what only others of them have. A function counts as one of them only while all that
 * could wake it is known, and all of that waits too. Pure.
 */

import { ArrayPrototypeEvery, ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypeIndexOf,
  ArrayPrototypeJoin,
  ArrayPrototypeSort,
  GlobalMap,
  GlobalSet,
  MapPrototypeGet,
  MapPrototypeSet,
  SetPrototypeAdd,
  SetPrototypeDelete,
  SetPrototypeHas,
  StringPrototypePadStart,
} from '../base/primordials.js';
import { type Deadlock, deadlockTask } from '../model/deadlock.js';
import type { Thing } from './thing.js';
import type { Need, WakerFact } from './waker-rows.js';

/** What is known of the promise that somebody waits for. */
export interface LeafFacts {
  readonly text: string;
  /** Who could settle it. */
  readonly wakers: readonly WakerFact[];
  /** Nothing else can: no timer, no resource, no list that was not gone through. */
  readonly isOnlyByWakers: boolean;
}

export interface DeadlockFacts {
  /** Functions of which it is known what they wait for. */
  readonly holders: readonly number[];
  thing(id: number): Thing;
  needsOf(holder: number): readonly Need[];
  leafFacts(leaf: Thing): LeafFacts;
}

export interface FoundDeadlocks {
  readonly deadlocks: readonly Deadlock[];
  /** The promises that they wait for. */
  readonly leaves: ReadonlySet<number>;
}

/** One function of a circle, what it waits for, and by which of the next one's variables. */
interface Step {
  readonly holder: number;
  readonly leaf: Thing;
  readonly waker: WakerFact;
}

const MOST_DEADLOCKS = 50;

export function findDeadlocks(facts: DeadlockFacts): FoundDeadlocks {
  const blocked = blockedHolders(facts);
  const leaves = new GlobalSet<number>();
  const known = new GlobalSet<string>();
  const byPlace = new GlobalMap<string, Deadlock & { count: number }>();
  const found: Deadlock[] = [];
  for (const holder of facts.holders) {
    if (!SetPrototypeHas(blocked, holder)) continue;
    const way = circleFrom(holder, blocked, facts);
    if (way === null) continue;
    const circle = fromFirst(way, facts);
    for (const { leaf } of circle) SetPrototypeAdd(leaves, leaf.id);
    const key = keyOf(circle);
    if (SetPrototypeHas(known, key)) continue;
    SetPrototypeAdd(known, key);
    const deadlock = { ...describe(circle, facts), count: 1 };
    const place = placeOf(deadlock);
    const same = MapPrototypeGet(byPlace, place);
    if (same !== undefined) {
      same.count++;
    } else if (found.length < MOST_DEADLOCKS) {
      MapPrototypeSet(byPlace, place, deadlock);
      ArrayPrototypePush(found, deadlock);
    }
  }
  return { deadlocks: found, leaves };
}

/** Those that only others of them can wake: what is left when all are taken away that something else can. */
function blockedHolders(facts: DeadlockFacts): ReadonlySet<number> {
  const blocked = new GlobalSet<number>();
  for (const holder of facts.holders) SetPrototypeAdd(blocked, holder);
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const holder of facts.holders) {
      if (!SetPrototypeHas(blocked, holder)) continue;
      if (blockedNeed(holder, blocked, facts) !== null) continue;
      SetPrototypeDelete(blocked, holder);
      isChanged = true;
    }
  }
  return blocked;
}

function blockedNeed(
  holder: number,
  blocked: ReadonlySet<number>,
  facts: DeadlockFacts,
): Thing | null {
  for (const { isRace } of facts.needsOf(holder)) if (isRace) return null;
  for (const { leaf } of facts.needsOf(holder)) {
    if (leaf !== null && isBlocked(facts.leafFacts(leaf), blocked)) return leaf;
  }
  return null;
}

function isBlocked(
  { wakers, isOnlyByWakers }: LeafFacts,
  blocked: ReadonlySet<number>,
): boolean {
  if (!isOnlyByWakers || wakers.length === 0) return false;
  if (!ArrayPrototypeEvery(wakers, ({ isAlone }) => isAlone)) return false;
  if (
    !ArrayPrototypeEvery(wakers, ({ holder: { id } }) =>
      SetPrototypeHas(blocked, id),
    )
  )
    return false;
  // Somebody else may have the others of a pool's clients.
  let members = 0;
  let taken = 0;
  for (const waker of wakers) {
    if (waker.members === 0) continue;
    if (waker.members > members) members = waker.members;
    taken += waker.count;
  }
  return taken >= members;
}

function circleFrom(
  start: number,
  blocked: ReadonlySet<number>,
  facts: DeadlockFacts,
): Step[] | null {
  const way: Step[] = [];
  const passed: number[] = [];
  for (let holder = start; ;) {
    const at = ArrayPrototypeIndexOf(passed, holder);
    // Who only waits for the circle is none of it.
    if (at === 0) return way;
    if (at > 0) return null;
    const leaf = blockedNeed(holder, blocked, facts);
    if (leaf === null) return null;
    const { wakers } = facts.leafFacts(leaf);
    const waker = nextOf(wakers, holder, start);
    if (waker === undefined) return null;
    ArrayPrototypePush(passed, holder);
    ArrayPrototypePush(way, { holder, leaf, waker });
    holder = waker.holder.id;
  }
}

/** The same circle from whichever of its functions stands first in the program. */
function fromFirst(circle: readonly Step[], facts: DeadlockFacts): Step[] {
  const placeAt = (at: number): string => {
    const site = facts.thing((circle[at] as Step).holder).site;
    const line = StringPrototypePadStart(`${site?.lineNumber ?? 0}`, 9, '0');
    return `${site?.scriptName ?? ''}:${line}`;
  };
  let first = 0;
  for (let at = 1; at < circle.length; at++)
    if (placeAt(at) < placeAt(first)) first = at;
  const turned: Step[] = [];
  for (let at = 0; at < circle.length; at++)
    ArrayPrototypePush(turned, circle[(first + at) % circle.length] as Step);
  return turned;
}

/** The shortest way back: itself, or where it began. */
function nextOf(
  wakers: readonly WakerFact[],
  holder: number,
  start: number,
): WakerFact | undefined {
  for (const wanted of [holder, start])
    for (const waker of wakers) if (waker.holder.id === wanted) return waker;
  return wakers[0];
}

function keyOf(circle: readonly Step[]): string {
  const ids: string[] = [];
  for (const { holder } of circle) ArrayPrototypePush(ids, `${holder}`);
  return ArrayPrototypeJoin(ArrayPrototypeSort(ids, inOrder), ',');
}

function describe(
  circle: readonly Step[],
  facts: DeadlockFacts,
): Pick<Deadlock, 'tasks' | 'sure'> {
  const tasks: Deadlock['tasks'][number][] = [];
  let sure = true;
  for (let at = 0; at < circle.length; at++) {
    const { holder, leaf, waker } = circle[at] as Step;
    const before = circle[(at + circle.length - 1) % circle.length] as Step;
    const { site } = facts.thing(holder);
    sure &&= waker.sure;
    if (site === null) continue;
    const { name } = before.waker;
    const holds = name === '' ? null : name;
    const { text } = facts.leafFacts(leaf);
    ArrayPrototypePush(tasks, deadlockTask(site, text, holds));
  }
  return { tasks, sure };
}

/** From whichever of its tasks it was found. */
function placeOf({ tasks }: Deadlock): string {
  const places: string[] = [];
  for (const { scriptName, lineNumber, columnNumber } of tasks)
    ArrayPrototypePush(places, `${scriptName}:${lineNumber}:${columnNumber}`);
  return ArrayPrototypeJoin(ArrayPrototypeSort(places, inOrder), ' ');
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
