// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { NodeType, PERHAPS_RACE } from '../base/capture-schema.js';
import { AsynctbError, joinErrors } from '../base/errors.js';
import { ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypePop,
  ArrayPrototypeReverse,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  NumberMIN_SAFE_INTEGER,
} from '../base/primordials.js';
import { cycleError, tooManyFrames } from './end-errors.js';
import { Frame } from './frame.js';
import { sortByPlace } from './place-order.js';
import {
  COLLECTED,
  NEVER_SETTLES,
  PENDING_PROMISE,
  pendingFor,
  type Placeholder,
  READY_TO_RESUME,
} from './placeholder.js';
import { malformed, type RawFrames } from './raw-frames.js';
import {
  goOnWith,
  setLikeness,
  type SharedNodes,
  type SharedRest,
} from './sharing.js';
import type { CapturedThread } from './site.js';
import { Stack } from './stack.js';
import type { TaskGroups } from './task-groups.js';

/** A stack that is still to be filled, from a node on; with the combinator that it is a branch of, and which. */
type Todo = [stack: Stack, node: number, above?: number, branch?: number];

/** One stack with all its branches, made of the nodes that it shares with others, within one budget of frames. */
export class Unfolding {
  readonly #raw: CapturedThread;
  readonly #frames: RawFrames;
  readonly #groups: TaskGroups;
  readonly #most: number;
  /** What is made once; null: stacks share nothing. */
  readonly #shared: SharedNodes | null;
  /** What has been made of it. */
  readonly #rests: Map<number, SharedRest> = new GlobalMap();
  /** Of the capture: those whose stack it is. */
  readonly #below: readonly number[];
  readonly #todo: Todo[] = [];
  #budget: number;
  /** What says that the budget is used up, once it is. */
  #cut: AsynctbError | null = null;

  constructor(
    raw: CapturedThread,
    frames: RawFrames,
    groups: TaskGroups,
    most: number,
    id: number,
    shared: SharedNodes | null,
  ) {
    this.#raw = raw;
    this.#frames = frames;
    this.#groups = groups;
    this.#most = most;
    this.#budget = most;
    this.#shared = shared;
    this.#below = groups.at(id);
  }

  /** The stack that begins at a node. */
  stackAt(id: number): Stack {
    const root = new Stack(undefined);
    const todo = this.#todo;
    ArrayPrototypePush(todo, [root, id]);
    for (
      let next = ArrayPrototypePop(todo);
      next !== undefined;
      next = ArrayPrototypePop(todo)
    ) {
      this.#expand(next);
    }
    // Said where the reading stopped, and on top: a cut in some branch is easily overlooked.
    const cut = this.#cut;
    if (cut !== null && root.error !== cut) {
      root.error = joinErrors(root.error === null ? [cut] : [root.error, cut]);
    }
    return root;
  }

  #expand({
    0: stack,
    1: start,
    2: combinator = -1,
    3: branch = -1,
  }: Todo): void {
    const { nodes } = this.#raw;
    let above: number | null = null;
    for (let node = start; node !== -1;) {
      if (node < 0 || node >= nodes.length) {
        stack.error = malformed(`node ${node}`);
        return;
      }
      const type = nodes.type[node];
      if (
        this.#shared?.has(node) === true &&
        MapPrototypeGet(this.#rests, node)?.stack !== stack
      ) {
        goOnWith(stack, this.#restAt(node));
        return;
      }
      if (this.#frames.isNoRace(node, above)) {
        node = nodes.next[node] ?? -1;
        continue;
      }
      if (type === NodeType.frame || type === NodeType.combinator) {
        if (this.#budget <= 0) {
          this.#cut ??= tooManyFrames(this.#most);
          stack.error = this.#cut;
          return;
        }
        this.#budget--;
        const frame =
          type === NodeType.frame
            ? this.#frames.frame(node)
            : this.#frames.combinator(node);
        if (frame === null) {
          stack.error = malformed(`node ${node}`);
          return;
        }
        ArrayPrototypePush(stack.frames, frame);
        this.#branchesOf(frame, node);
        if (nodes.total[node] === PERHAPS_RACE) return;
        above = node;
        node = nodes.next[node] ?? -1;
      } else if (type === NodeType.leaf) {
        const leaf =
          above === null
            ? this.#leafBelow(combinator, branch)
            : this.#leafBelow(above, -1);
        ArrayPrototypePush(stack.leaves, leaf);
        return;
      } else {
        this.#end(stack, type, node);
        return;
      }
    }
  }

  /** What a frame, or one of a combinator's branches, waits for in the end. */
  #leafBelow(node: number, branch: number): Placeholder {
    const reason = this.#raw.reasonAt?.(this.#below, node, branch) ?? null;
    return reason === null ? PENDING_PROMISE : pendingFor(reason);
  }

  /** What a chain ends with when it does not simply end after a frame. */
  #end(stack: Stack, type: number | undefined, node: number): void {
    switch (type) {
      case NodeType.ready:
        ArrayPrototypePush(stack.leaves, READY_TO_RESUME);
        break;
      case NodeType.cut:
        this.#cut ??= new AsynctbError(
          'ERR_ASYNCTB_MAX_FRAMES',
          'the stack goes on: what is deeper is not shown',
        );
        stack.error = this.#cut;
        break;
      case NodeType.collected:
        ArrayPrototypePush(stack.leaves, COLLECTED);
        break;
      case NodeType.never:
        ArrayPrototypePush(stack.leaves, NEVER_SETTLES);
        break;
      case NodeType.cycle:
        stack.error = cycleError();
        break;
      default:
        stack.error = malformed(`node ${node}`);
    }
  }

  /** Makes the stacks of the branches and leaves filling them for later: nesting costs no stack. */
  #branchesOf(frame: Frame, node: number): void {
    const { nodes, branches } = this.#raw;
    const begin = nodes.branchesBegin[node] ?? 0;
    const count = nodes.branchesCount[node] ?? 0;
    const found: Todo[] = [];
    if (nodes.total[node] === PERHAPS_RACE) {
      const branch = new Stack(undefined);
      ArrayPrototypePush(frame.branches, branch);
      ArrayPrototypePush(this.#todo, [
        branch,
        nodes.next[node] ?? -1,
        node,
        -1,
      ]);
      return;
    }
    const entries: number[] = [];
    for (let index = 0; index < count; index++) {
      if (this.#budget <= 0) {
        this.#cut ??= tooManyFrames(this.#most);
        break;
      }
      this.#budget--;
      ArrayPrototypePush(entries, begin + index);
    }
    const sorted =
      (branches.input[begin] ?? 0) >= 0
        ? entries
        : sortByPlace(entries, (entry, most) =>
            this.#frames.placesFrom(branches.node[entry] ?? -1, most),
          );
    for (const entry of sorted) {
      const input = branches.input[entry] ?? -1;
      const branch = new Stack(
        undefined,
        [],
        [],
        null,
        input < 0 ? null : input,
      );
      ArrayPrototypePush(frame.branches, branch);
      const below = branches.node[entry] ?? -1;
      if (this.#shared !== null && this.#groups.hasRepeats)
        setLikeness(branch, {
          node: below,
          place: this.#groups.placeOf(below),
        });
      // A missing entry becomes a node that does not exist, and is reported as such.
      ArrayPrototypePush(found, [
        branch,
        branches.node[entry] ?? NumberMIN_SAFE_INTEGER,
        node,
        entry - begin,
      ]);
    }
    // The last one in is the next one out: the first branch must not be the one that is cut.
    for (const each of ArrayPrototypeReverse(found))
      ArrayPrototypePush(this.#todo, each);
  }

  /** What begins at a node that is shared. */
  #restAt(node: number): SharedRest {
    const known = MapPrototypeGet(this.#rests, node);
    if (known !== undefined) return known;
    const rest = { id: node, stack: new Stack(undefined) };
    MapPrototypeSet(this.#rests, node, rest);
    ArrayPrototypePush(this.#todo, [rest.stack, node]);
    return rest;
  }
}
