// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  StringPrototypeSlice,
} from '../base/primordials.js';
import { NodeType } from '../base/capture-schema.js';
import { type Group, orderGroups } from './group-order.js';
import { originOf } from './origin.js';
import type { Places } from './places.js';
import type { CapturedThread, Site } from './site.js';

/** So many tasks of a group are told apart. */
const MOST_OF_GROUP = 3;

/** Which tasks of one thread are shown, and as which groups. */
export class TaskGroups {
  readonly #raw: CapturedThread;
  readonly #places: Places;
  #shown: readonly Group[] | null = null;
  /** Of tasks that are told apart, by the node where they begin. */
  #rows: Map<number, number[]> | null = null;
  /** How many tasks only run. */
  #running = 0;

  constructor(raw: CapturedThread, places: Places) {
    this.#raw = raw;
    this.#places = places;
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
      const node = this.#beginOf(whole);
      const same = MapPrototypeGet(known, node);
      if (same !== undefined) {
        same.count += count;
        continue;
      }
      const group = { node, count };
      MapPrototypeSet(known, node, group);
      ArrayPrototypePush(shown, group);
    }
    this.#shown = orderGroups(this.#raw, shown);
    return this.#shown;
  }

  /** The rows of the tasks of a group that are told apart. */
  rowsOf({ node }: Group): readonly number[] {
    this.#rows ??= this.#rowsByNode();
    return MapPrototypeGet(this.#rows, node) ?? [];
  }

  #rowsByNode(): Map<number, number[]> {
    const { groups, tasks } = this.#raw;
    const byNode = new GlobalMap<number, number[]>();
    for (let row = 0; row < tasks.length; row++) {
      const group = tasks.group[row] ?? -1;
      const node = this.#beginOf(groups.node[group] ?? -1);
      const rows = MapPrototypeGet(byNode, node) ?? [];
      MapPrototypeSet(byNode, node, rows);
      // Groups that only differ in what is not shown are one.
      if (rows.length < MOST_OF_GROUP) ArrayPrototypePush(rows, row);
    }
    return byNode;
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

/** `() => {}`, `function noop() {}`, `err => undefined` and the like, from the parameters on. */
const EMPTY =
  /^(?:\([\w$\s,]*\)|[\w$]+)\s*(?:=>\s*)?(?:\{\s*\}|(?:undefined|null|void 0)(?![\w$.([]))/;

/** Whether a callback is nobody's own, or has no name and does nothing. */
function saysNothing(site: Site): boolean {
  const { functionName, scriptName, lineText, columnNumber } = site;
  if (originOf(scriptName) !== 'own') return true;
  if (functionName !== '') return false;
  const text = StringPrototypeSlice(lineText, (columnNumber ?? 1) - 1);
  return columnNumber !== null && RegExpTest(EMPTY, text);
}
