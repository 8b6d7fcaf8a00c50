// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { NodeType } from '../base/capture-schema.js';
import { ArrayPrototypePush } from '../base/lists.js';
import { ArrayPrototypePop, MathMax, MathMin } from '../base/primordials.js';
import type { Deadlock } from './deadlock.js';
import { type StackSource, TaskGroup } from './dump.js';
import { Places } from './places.js';
import { RawFrames } from './raw-frames.js';
import { SharedNodes } from './sharing.js';
import type { CapturedThread } from './site.js';
import { Stack } from './stack.js';
import { TaskGroups } from './task-groups.js';
import { tasksAt } from './task.js';
import { Unfolding } from './unfolding.js';

const DEFAULT_MAX_FRAMES = 10_000;

/**
 * Turns the nodes of one thread into stacks, each when it is asked for. Equal ends of stacks
 * share their nodes, so that what is written out can be exponentially larger than what came in:
 * one budget of frames bounds each stack with all its branches.
 */
export class RawStacks implements StackSource {
  readonly #raw: CapturedThread;
  readonly #maxFrames: number;
  readonly #frames: RawFrames;
  readonly #groups: TaskGroups;
  #shared: SharedNodes | null | undefined;

  constructor(raw: CapturedThread, maxFrames = DEFAULT_MAX_FRAMES) {
    this.#raw = raw;
    this.#maxFrames = maxFrames;
    const places = new Places(raw);
    this.#frames = new RawFrames(raw, places, (node) => this.stackAt(node));
    this.#groups = new TaskGroups(raw, places, maxFrames);
  }

  get groupCount(): number {
    return this.#groups.all().length;
  }

  get taskCount(): number {
    return this.#groups.taskCount;
  }

  deadlocks(): Deadlock[] {
    return this.#groups.deadlocks();
  }

  groupAt(group: number): TaskGroup {
    const sampled = this.#raw.locals === undefined ? 0 : 1;
    const found = this.#groups.all()[group];
    if (found === undefined) return new TaskGroup(0, this, -1);
    const { count, node, ...rest } = found;
    const tasks = tasksAt(this.#raw, this.#groups.rowsOf(found));
    return new TaskGroup(count, this, node, { ...rest, sampled, tasks });
  }

  #nodeOf(group: number): number {
    return this.#groups.all()[group]?.node ?? -1;
  }

  /** How many frames and branches a group's stack has when it is unfolded; `most` when more. */
  sizeOf(group: number, most: number): number {
    const { nodes, branches } = this.#raw;
    const limit = MathMin(most, this.#maxFrames);
    const todo = [this.#nodeOf(group)];
    let size = 1;
    for (
      let node = ArrayPrototypePop(todo);
      node !== undefined;
      node = ArrayPrototypePop(todo)
    ) {
      while (node >= 0 && size < limit) {
        const type = nodes.type[node];
        if (type !== NodeType.frame && type !== NodeType.combinator) break;
        size++;
        const begin = nodes.branchesBegin[node] ?? 0;
        const count = MathMin(nodes.branchesCount[node] ?? 0, limit - size);
        for (let index = 0; index < count; index++)
          ArrayPrototypePush(todo, branches.node[begin + index] ?? -1);
        size += MathMax(count, 0);
        node = nodes.next[node] ?? -1;
      }
    }
    return MathMin(size, most);
  }

  /** What runs on the thread; null when nothing does. */
  running(): Stack | null {
    return this.#frames.running(this.#maxFrames);
  }

  stackAt(id: number): Stack {
    return this.#unfold(id, null);
  }

  sharedStackAt(id: number): Stack {
    if (this.#shared === undefined) this.#shared = SharedNodes.of(this.#raw);
    return this.#unfold(id, this.#shared);
  }

  #unfold(id: number, shared: SharedNodes | null): Stack {
    return new Unfolding(
      this.#raw,
      this.#frames,
      this.#groups,
      this.#maxFrames,
      id,
      shared,
    ).stackAt(id);
  }
}
