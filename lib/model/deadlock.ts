// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { NodeType } from '../base/capture-schema.js';
import { ArrayPrototypePush } from '../base/lists.js';
import type { Places } from './places.js';
import type { CapturedThread, Site, SourcePosition } from './site.js';

/** One of the tasks that wait for each other. */
export interface DeadlockTask extends SourcePosition {
  readonly functionName: string;
  /** What it waits for, such as `a mutex`. */
  readonly waitsFor: string;
  /** The variable by which it could wake the task before it; null when unknown. */
  readonly holds: string | null;
}

/**
 * Tasks of which each waits for what only the next one can give, and the last one for the first.
 * A single one waits for what it has itself.
 *
 * @example
 * { tasks: [{ functionName: 'moveAB', lineNumber: 20, waitsFor: 'a mutex', holds: 'releaseA', … }, …],
 *   count: 1, sure: false }
 */
export interface Deadlock {
  readonly tasks: readonly DeadlockTask[];
  /** How many such circles there are at these places. */
  readonly count: number;
  /** Whether it is certain that nothing else can wake them; else it is only likely. */
  readonly sure: boolean;
}

export function deadlockTask(
  { functionName, scriptName, lineNumber, columnNumber }: Site,
  waitsFor: string,
  holds: string | null,
): DeadlockTask {
  return {
    functionName,
    scriptName,
    lineNumber,
    columnNumber,
    waitsFor,
    holds,
  };
}

/** More frames of a circle are not looked at. */
const MOST_FRAMES = 1_000;
/** So many are told. */
const MOST_TASKS = 20;

/** Whether tasks that begin at a node wait for themselves in the end, through functions only. */
export function isRing(
  { nodes }: Pick<CapturedThread, 'nodes'>,
  start: number,
): boolean {
  let node = start;
  for (let step = 0; step < MOST_FRAMES; step++) {
    if (nodes.type[node] !== NodeType.frame) break;
    node = nodes.next[node] ?? -1;
  }
  return nodes.type[node] === NodeType.cycle;
}

/** A circle of functions, each of which awaits the next one. */
export function ringAt(
  { nodes }: Pick<CapturedThread, 'nodes'>,
  places: Places,
  start: number,
  count: number,
): Deadlock {
  const sites: Site[] = [];
  for (
    let node = start;
    nodes.type[node] === NodeType.frame && sites.length < MOST_TASKS;
    node = nodes.next[node] ?? -1
  ) {
    const place = places.at(nodes.payload[node] ?? -1);
    // What has not begun holds nothing, and stands between two that have.
    if (place !== null && place.state === 'suspended' && !place.hides)
      ArrayPrototypePush(sites, place.site);
  }
  const tasks: DeadlockTask[] = [];
  for (let at = 0; at < sites.length; at++) {
    const next = sites[(at + 1) % sites.length] as Site;
    const name = next.functionName === '' ? 'a function' : next.functionName;
    ArrayPrototypePush(tasks, deadlockTask(sites[at] as Site, name, null));
  }
  return { tasks, count, sure: true };
}
