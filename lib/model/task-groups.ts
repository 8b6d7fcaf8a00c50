// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush, ArrayPrototypePushAll } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  MathMax,
  MathMin,
  SetPrototypeHas,
  StringPrototypeSlice,
} from '../base/primordials.js';
import { NodeType } from '../base/capture-schema.js';
import { type Deadlock, isRing, ringAt } from './deadlock.js';
import { type Group, orderGroups } from './group-order.js';
import type { Origin } from './origin.js';
import type { Places } from './places.js';
import { unrepeated } from './recursion.js';
import type { CapturedThread, Site } from './site.js';
import { type Verdict, verdictOf } from './verdict.js';

/** More is not counted. */
const MOST_DEPTH = 100_000;

/** So many tasks of a group are told apart. */
const MOST_OF_GROUP = 3;

/** Which tasks of one thread are shown, and as which groups. */
export class TaskGroups {
  readonly #raw: CapturedThread;
  readonly #places: Places;
  readonly #maxFrames: number;
  #shown: readonly Group[] | null = null;
  #stands: Int32Array | null | undefined;
  /** Of tasks that are told apart, by the key of their group. */
  #rows: Map<number, number[]> | null = null;
  #groupsByPlace: Map<number, number[]> | null = null;
  /** How many tasks only run. */
  #running = 0;

  constructor(raw: CapturedThread, places: Places, maxFrames: number) {
    this.#raw = raw;
    this.#places = places;
    this.#maxFrames = maxFrames;
  }

  /** How many tasks there are in all groups. */
  get taskCount(): number {
    this.all();
    return this.#raw.taskCount - this.#running;
  }

  /**
   * The groups that are shown, in their order. What only Node's own functions wait for, and what runs
   * right now, is no task: it is what runs.
   */
  all(): readonly Group[] {
    if (this.#shown !== null) return this.#shown;
    const { groups, running } = this.#raw;
    const shown: Group[] = [];
    const known = new GlobalMap<number, Group>();
    for (let index = 0; index < groups.length; index++) {
      const count = groups.count[index] ?? 0;
      const whole = groups.node[index] ?? -1;
      if (running !== null && this.#onlyRuns(whole)) {
        this.#running += count;
        continue;
      }
      const begin = this.#beginOf(whole);
      const place = this.placeOf(begin);
      const isStuck = groups.stuck[index] === 1;
      const key = keyOf(place, isStuck);
      const same = MapPrototypeGet(known, key);
      const sample = groups.sample[index] ?? -1;
      const node = sample < 0 ? begin : this.#beginOf(sample);
      if (same !== undefined) {
        same.count += count;
        if (same.begin !== begin) this.#addDepth(same, node);
        continue;
      }
      const group = {
        node,
        begin,
        place,
        isStuck,
        count,
        verdict: this.#verdictOf(begin, isStuck, index),
        depths: null,
      };
      MapPrototypeSet(known, key, group);
      ArrayPrototypePush(shown, group);
    }
    this.#shown = orderGroups(this.#raw, shown);
    return this.#shown;
  }

  /** All circles of tasks that wait for each other. */
  deadlocks(): Deadlock[] {
    const found: Deadlock[] = [];
    for (const { begin, count, verdict } of this.all()) {
      const mayBe = verdict === 'deadlock' || verdict === 'stuck';
      if (mayBe && isRing(this.#raw, begin))
        ArrayPrototypePush(
          found,
          ringAt(this.#raw, this.#places, begin, count),
        );
    }
    ArrayPrototypePushAll(found, this.#raw.deadlocks?.().found ?? []);
    return found;
  }

  /** The rows of the tasks of a group that are told apart. */
  rowsOf({ place, isStuck }: Group): readonly number[] {
    this.#rows ??= this.#rowsByKey();
    return MapPrototypeGet(this.#rows, keyOf(place, isStuck)) ?? [];
  }

  /** The groups of the capture that are the one which begins at a node. */
  at(node: number): readonly number[] {
    this.#groupsByPlace ??= this.#findGroups();
    return MapPrototypeGet(this.#groupsByPlace, this.placeOf(node)) ?? [];
  }

  #findGroups(): Map<number, number[]> {
    const { groups } = this.#raw;
    const found = new GlobalMap<number, number[]>();
    const add = (index: number, begin: number): void => {
      const place = this.placeOf(this.#beginOf(begin));
      const known = MapPrototypeGet(found, place);
      if (known === undefined) MapPrototypeSet(found, place, [index]);
      else ArrayPrototypePush(known, index);
    };
    for (let index = 0; index < groups.length; index++) {
      const node = groups.node[index] ?? -1;
      const sample = groups.sample[index] ?? -1;
      add(index, node);
      // It is where the group's stack begins, if there is one.
      if (sample >= 0 && sample !== node) add(index, sample);
    }
    return found;
  }

  #rowsByKey(): Map<number, number[]> {
    const { groups, tasks } = this.#raw;
    const byKey = new GlobalMap<number, number[]>();
    for (let row = 0; row < tasks.length; row++) {
      const group = tasks.group[row] ?? -1;
      const place = this.placeOf(this.#beginOf(groups.node[group] ?? -1));
      const key = keyOf(place, groups.stuck[group] === 1);
      const rows = MapPrototypeGet(byKey, key) ?? [];
      MapPrototypeSet(byKey, key, rows);
      // Groups that only differ in what is not shown are one.
      if (rows.length < MOST_OF_GROUP) ArrayPrototypePush(rows, row);
    }
    return byKey;
  }

  /** Whether frames repeat one below the other. */
  get hasRepeats(): boolean {
    if (this.#stands === undefined) this.#stands = unrepeated(this.#raw);
    return this.#stands !== null;
  }

  /** The same for all stacks that differ only in how often frames repeat. */
  placeOf(node: number): number {
    return this.hasRepeats ? (this.#stands?.[node] ?? node) : node;
  }

  #verdictOf(node: number, isStuck: boolean, group: number): Verdict {
    const verdict = this.#ownVerdictOf(node, group);
    // It was asked for, and says more: nothing else can end it either.
    const mayBe = verdict === 'waiting' || verdict === 'deadlock';
    return isStuck && mayBe ? 'stuck' : verdict;
  }

  #ownVerdictOf(node: number, group: number): Verdict {
    const deadlocked = this.#raw.deadlocks?.().groups;
    if (deadlocked !== undefined && SetPrototypeHas(deadlocked, group))
      return 'deadlock';
    return (
      this.#raw.verdicts?.[node] ??
      verdictOf(this.#raw, (site) => this.#originOf(site), node)
    );
  }

  /** Code without a name may be the program's, such as what it evaluates. */
  #originOf(site: number): Origin {
    const place = this.#places.at(site);
    if (place === null || place.site.scriptName === '') return 'own';
    return place.site.origin;
  }

  /**
   * A group gets tasks that have called themselves more or less often. The one that did most often stands
   * for all, as long as all of it can be shown.
   */
  #addDepth(group: Group, node: number): void {
    const depth = this.#depthOf(node);
    const own = this.#depthOf(group.node);
    const { least, most } = group.depths ?? { least: own, most: own };
    group.depths = { least: MathMin(least, depth), most: MathMax(most, depth) };
    const isShown = depth <= this.#maxFrames;
    if (own > this.#maxFrames ? depth < own : isShown && depth > own)
      group.node = node;
  }

  /** How many frames stand one below the other. */
  #depthOf(start: number): number {
    const { nodes } = this.#raw;
    let depth = 0;
    let node = start;
    while (node >= 0 && depth < MOST_DEPTH) {
      if (nodes.type[node] === NodeType.frame) depth++;
      node = nodes.next[node] ?? -1;
    }
    return depth;
  }

  /**
   * Where a task begins: behind callbacks that say nothing, such as those that a framework gives the
   * promise of each handler, or `() => {}`, if functions are below them.
   */
  #beginOf(start: number): number {
    const { nodes } = this.#raw;
    for (let node = start; node >= 0; node = nodes.next[node] ?? -1) {
      if (nodes.type[node] !== NodeType.frame) return start;
      const site = this.#places.at(nodes.payload[node] ?? -1)?.site;
      if (site === undefined) return start;
      if (site.kind !== 'callback') return node;
      if (!saysNothing(site)) return start;
    }
    return start;
  }

  #onlyRuns(start: number): boolean {
    const { nodes } = this.#raw;
    for (let node = start; node >= 0;) {
      if (nodes.type[node] !== NodeType.frame) return false;
      const place = this.#places.at(nodes.payload[node] ?? -1);
      if (place === null) return false;
      if (place.state === 'running') return true;
      if (!place.site.internal) return false;
      node = nodes.next[node] ?? -1;
    }
    return false;
  }
}

/** Tasks that nothing can resume are in a group of their own. */
function keyOf(place: number, isStuck: boolean): number {
  return place * 2 + (isStuck ? 1 : 0);
}

/** `() => {}`, `function noop() {}`, `err => undefined` and the like, from the parameters on. */
const EMPTY =
  /^(?:\([\w$\s,]*\)|[\w$]+)\s*(?:=>\s*)?(?:\{\s*\}|(?:undefined|null|void 0)(?![\w$.([]))/;

/** Whether a callback is nobody's own, or has no name and does nothing. */
function saysNothing(site: Site): boolean {
  const { functionName, origin, lineText, columnNumber } = site;
  if (origin !== 'own') return true;
  if (functionName !== '') return false;
  const text = StringPrototypeSlice(lineText, (columnNumber ?? 1) - 1);
  return columnNumber !== null && RegExpTest(EMPTY, text);
}
