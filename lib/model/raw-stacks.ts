// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypePop,
  ArrayPrototypeReverse,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  MathMax,
  MathMin,
  NumberMIN_SAFE_INTEGER,
  TypedArrayPrototypeGetLength,
} from '../base/primordials.js';
import {
  COMBINATORS,
  NodeType,
  PERHAPS_RACE,
  SiteMark,
} from '../base/capture-schema.js';
import type { Deadlock } from './deadlock.js';
import { type StackSource, TaskGroup } from './dump.js';
import { AsynctbError, joinErrors } from '../base/errors.js';
import { Frame, type FrameState } from './frame.js';
import {
  COLLECTED,
  NEVER_SETTLES,
  PENDING_PROMISE,
  pendingFor,
  type Placeholder,
  READY_TO_RESUME,
} from './placeholder.js';
import { cycleError, tooManyFrames } from './end-errors.js';
import { sortByPlace } from './place-order.js';
import { type Place, Places } from './places.js';
import {
  goOnWith,
  setLikeness,
  SharedNodes,
  type SharedRest,
} from './sharing.js';
import { type CapturedThread, combinatorSite, hasMark, Site } from './site.js';
import { Stack } from './stack.js';
import { tasksAt } from './task.js';
import { TaskGroups } from './task-groups.js';

const DEFAULT_MAX_FRAMES = 10_000;

/**
 * Turns the nodes of one thread into stacks, each when it is asked for. Equal ends of stacks
 * share their nodes, so that what is written out can be exponentially larger than what came in:
 * one budget of frames bounds each stack with all its branches.
 */
export class RawStacks implements StackSource {
  readonly #raw: CapturedThread;
  readonly #maxFrames: number;
  readonly #places: Places;
  readonly #groups: TaskGroups;
  #shared: SharedNodes | null | undefined;

  constructor(raw: CapturedThread, maxFrames = DEFAULT_MAX_FRAMES) {
    this.#raw = raw;
    this.#maxFrames = maxFrames;
    this.#places = new Places(raw);
    this.#groups = new TaskGroups(raw, this.#places, maxFrames);
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
    const { running } = this.#raw;
    if (running === null || TypedArrayPrototypeGetLength(running) === 0)
      return null;
    const stack = new Stack(undefined);
    const count = MathMin(
      TypedArrayPrototypeGetLength(running),
      this.#maxFrames,
    );
    for (let at = 0; at < count; at++) {
      const index = running[at] as number;
      const place = this.#places.at(index);
      if (place === null) {
        stack.error = malformed(`site ${index}`);
        return stack;
      }
      ArrayPrototypePush(stack.frames, frameAt(place, 'running'));
    }
    if (TypedArrayPrototypeGetLength(running) > this.#maxFrames)
      stack.error = this.#tooLong();
    return stack;
  }

  stackAt(id: number): Stack {
    return this.#unfold(id, null);
  }

  sharedStackAt(id: number): Stack {
    if (this.#shared === undefined) this.#shared = SharedNodes.of(this.#raw);
    return this.#unfold(id, this.#shared);
  }

  #unfold(id: number, shared: SharedNodes | null): Stack {
    const expansion: Expansion = {
      budget: this.#maxFrames,
      cut: null,
      todo: [],
      shared,
      rests: new GlobalMap(),
      groups: this.#groups.at(id),
    };
    const root = new Stack(undefined);
    ArrayPrototypePush(expansion.todo, [root, id]);
    for (
      let next = ArrayPrototypePop(expansion.todo);
      next !== undefined;
      next = ArrayPrototypePop(expansion.todo)
    ) {
      this.#expand(next, expansion);
    }
    // Said where the reading stopped, and on top: a cut in some branch is easily overlooked.
    const { cut } = expansion;
    if (cut !== null && root.error !== cut) {
      root.error = joinErrors(root.error === null ? [cut] : [root.error, cut]);
    }
    return root;
  }

  #expand(
    {
      0: stack,
      1: start,
      2: combinator = -1,
      3: branch = -1,
    }: Expansion['todo'][number],
    expansion: Expansion,
  ): void {
    const { nodes } = this.#raw;
    let above: number | null = null;
    for (let node = start; node !== -1;) {
      if (node < 0 || node >= nodes.length) {
        stack.error = malformed(`node ${node}`);
        return;
      }
      const type = nodes.type[node];
      if (
        expansion.shared?.has(node) === true &&
        MapPrototypeGet(expansion.rests, node)?.stack !== stack
      ) {
        goOnWith(stack, restAt(node, expansion));
        return;
      }
      if (this.#isNoRace(node, above)) {
        node = nodes.next[node] ?? -1;
        continue;
      }
      if (type === NodeType.frame || type === NodeType.combinator) {
        if (expansion.budget <= 0) {
          expansion.cut ??= this.#tooLong();
          stack.error = expansion.cut;
          return;
        }
        expansion.budget--;
        const frame =
          type === NodeType.frame ? this.#frame(node) : this.#combinator(node);
        if (frame === null) {
          stack.error = malformed(`node ${node}`);
          return;
        }
        ArrayPrototypePush(stack.frames, frame);
        this.#branchesOf(frame, node, expansion);
        if (nodes.total[node] === PERHAPS_RACE) return;
        above = node;
        node = nodes.next[node] ?? -1;
      } else if (type === NodeType.leaf) {
        const leaf =
          above === null
            ? this.#leafBelow(expansion.groups, combinator, branch)
            : this.#leafBelow(expansion.groups, above, -1);
        ArrayPrototypePush(stack.leaves, leaf);
        return;
      } else {
        this.#end(stack, type, node, expansion);
        return;
      }
    }
  }

  /** What a frame, or one of a combinator's branches, waits for in the end. */
  #leafBelow(
    groups: readonly number[],
    node: number,
    branch: number,
  ): Placeholder {
    const reason = this.#raw.reasonAt?.(groups, node, branch) ?? null;
    return reason === null ? PENDING_PROMISE : pendingFor(reason);
  }

  /** Whether a node is a combinator only if the frame above awaits a race, which it does not. */
  #isNoRace(node: number, above: number | null): boolean {
    const { nodes, sites } = this.#raw;
    if (
      nodes.type[node] !== NodeType.combinator ||
      nodes.total[node] !== PERHAPS_RACE
    ) {
      return false;
    }
    if (above === null || nodes.type[above] !== NodeType.frame) return true;
    return !hasMark(sites, nodes.payload[above] ?? -1, SiteMark.awaitsRace);
  }

  /** What a chain ends with when it does not simply end after a frame. */
  #end(
    stack: Stack,
    type: number | undefined,
    node: number,
    expansion: Expansion,
  ): void {
    switch (type) {
      case NodeType.ready:
        ArrayPrototypePush(stack.leaves, READY_TO_RESUME);
        break;
      case NodeType.cut:
        expansion.cut ??= new AsynctbError(
          'ERR_ASYNCTB_MAX_FRAMES',
          'the stack goes on: what is deeper is not shown',
        );
        stack.error = expansion.cut;
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
  #branchesOf(frame: Frame, node: number, expansion: Expansion): void {
    const { nodes, branches } = this.#raw;
    const begin = nodes.branchesBegin[node] ?? 0;
    const count = nodes.branchesCount[node] ?? 0;
    const found: Expansion['todo'] = [];
    if (nodes.total[node] === PERHAPS_RACE) {
      const branch = new Stack(undefined);
      ArrayPrototypePush(frame.branches, branch);
      ArrayPrototypePush(expansion.todo, [
        branch,
        nodes.next[node] ?? -1,
        node,
        -1,
      ]);
      return;
    }
    const entries: number[] = [];
    for (let index = 0; index < count; index++) {
      if (expansion.budget <= 0) {
        expansion.cut ??= this.#tooLong();
        break;
      }
      expansion.budget--;
      ArrayPrototypePush(entries, begin + index);
    }
    const sorted =
      (branches.input[begin] ?? 0) >= 0
        ? entries
        : sortByPlace(entries, (entry, most) =>
            this.#placesFrom(branches.node[entry] ?? -1, most),
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
      if (expansion.shared !== null && this.#groups.hasRepeats)
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
      ArrayPrototypePush(expansion.todo, each);
  }

  /** Of the frames of a stack, those up to its first combinator, which has no place. */
  #placesFrom(start: number, most: number): Site[] {
    const { nodes } = this.#raw;
    const sites: Site[] = [];
    let above: number | null = null;
    for (let node = start; node >= 0 && sites.length < most;) {
      const type = nodes.type[node];
      if (type === NodeType.frame) {
        const place = this.#places.at(nodes.payload[node] ?? -1);
        if (place === null) break;
        ArrayPrototypePush(sites, place.site);
        above = node;
      } else if (type !== NodeType.combinator) {
        break;
      } else if (!this.#isNoRace(node, above)) {
        ArrayPrototypePush(
          sites,
          combinatorSite(COMBINATORS[nodes.payload[node] ?? -1] ?? 'import'),
        );
        break;
      }
      node = nodes.next[node] ?? -1;
    }
    return sites;
  }

  #frame(node: number): Frame | null {
    const place = this.#places.at(this.#raw.nodes.payload[node] ?? -1);
    if (place === null) return null;
    const frame = frameAt(this.#whereItRuns(place), place.state);
    frame.locals = this.#raw.locals?.[node] ?? null;
    const held = this.#raw.resourcesAt?.(node, (inner) => this.stackAt(inner));
    if (held !== undefined && held.length > 0) frame.resources = held;
    return frame;
  }

  /**
   * Of a module that runs, the place where it is now, if that can be told: it begins nowhere, as other
   * functions do.
   */
  #whereItRuns(place: Place): Place {
    const { kind, scriptName, functionName } = place.site;
    if (place.state !== 'running' || kind !== 'module') return place;
    let found: Site | null = null;
    let count = 0;
    const { running } = this.#raw;
    for (
      let i = 0;
      running !== null && i < TypedArrayPrototypeGetLength(running);
      i++
    ) {
      const site = this.#places.at(running[i] ?? -1)?.site;
      if (
        site?.scriptName === scriptName &&
        site.functionName === functionName
      ) {
        found = site;
        count++;
      }
    }
    const nowhere = { scriptName, lineNumber: null, columnNumber: null };
    const site =
      found !== null && count === 1
        ? found.ofKind(kind)
        : new Site(functionName, nowhere, '', kind);
    return { ...place, site };
  }

  #combinator(node: number): Frame | null {
    const { nodes } = this.#raw;
    const name = COMBINATORS[nodes.payload[node] ?? -1];
    if (name === undefined) return null;
    const total = nodes.total[node] ?? 0;
    return Frame.combinator(name, {
      total: total > 0 ? total : null,
      pending: total === PERHAPS_RACE ? 1 : (nodes.branchesCount[node] ?? 0),
    });
  }

  #tooLong(): AsynctbError {
    return tooManyFrames(this.#maxFrames);
  }
}

function frameAt(place: Place, state: FrameState): Frame {
  const frame = new Frame(place.site, state);
  frame.hide ||= place.hides;
  frame.hideLine = place.hidesLine;
  return frame;
}

interface Expansion {
  budget: number;
  /** What says that the budget is used up, once it is. */
  cut: AsynctbError | null;
  /** With the combinator that it is a branch of, and which. */
  todo: [stack: Stack, node: number, above?: number, branch?: number][];
  /** What is made once, and what has been made of it; null: stacks share nothing. */
  readonly shared: SharedNodes | null;
  readonly rests: Map<number, SharedRest>;
  /** Of the capture: those whose stack it is. */
  readonly groups: readonly number[];
}

/** What begins at a node that is shared. */
function restAt(node: number, { rests, todo }: Expansion): SharedRest {
  const known = MapPrototypeGet(rests, node);
  if (known !== undefined) return known;
  const rest = { id: node, stack: new Stack(undefined) };
  MapPrototypeSet(rests, node, rest);
  ArrayPrototypePush(todo, [rest.stack, node]);
  return rest;
}

function malformed(what: string): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_BAD_CAPTURE',
    `the capture is damaged at ${what}: please report it`,
  );
}
