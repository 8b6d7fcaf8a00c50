// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayCopy, ArrayPrototypePushAll } from '../base/lists.js';
import {
  GlobalInt32Array,
  GlobalWeakMap,
  MathMin,
  WeakMapPrototypeGet,
  WeakMapPrototypeSet,
} from '../base/primordials.js';
import type { RawThread } from '../base/capture.js';
import { NodeType, PERHAPS_RACE } from '../base/capture-schema.js';
import type { Frame } from './frame.js';
import type { Stack } from './stack.js';

/** What stacks have in common: the rest of each of them. */
export interface SharedRest {
  /** Of the thread's capture. */
  readonly id: number;
  readonly stack: Stack;
}

const rests = new GlobalWeakMap<Stack, SharedRest>();

/** Behind its frames, a stack goes on with what it shares with others. */
export function goOnWith(stack: Stack, rest: SharedRest): void {
  WeakMapPrototypeSet(rests, stack, rest);
}

/** Null: the stack is whole. */
export function sharedRest(stack: Stack): SharedRest | null {
  return WeakMapPrototypeGet(rests, stack) ?? null;
}

/** Where a branch stands, and what stands for all that differ from it only in how often frames repeat. */
export interface Likeness {
  readonly node: number;
  readonly place: number;
}

const likenesses = new GlobalWeakMap<Stack, Likeness>();

export function setLikeness(branch: Stack, likeness: Likeness): void {
  WeakMapPrototypeSet(likenesses, branch, likeness);
}

/** Null where nothing repeats, and of stacks that are no branches of a dump. */
export function likenessOf(branch: Stack): Likeness | null {
  return WeakMapPrototypeGet(likenesses, branch) ?? null;
}

/** All frames of a stack, with those that it shares. */
export function sharedFrames(stack: Stack): readonly Frame[] {
  let rest = sharedRest(stack);
  if (rest === null) return stack.frames;
  const frames = ArrayCopy(stack.frames);
  for (; rest !== null; rest = sharedRest(rest.stack))
    ArrayPrototypePushAll(frames, rest.stack.frames);
  return frames;
}

/** What is smaller is printed wherever it stands, as are frames that no combinator is below. */
const SMALLEST = 6;
const LARGEST = 1_000_000;

type Stacks = Pick<RawThread, 'branches' | 'groups' | 'nodes'>;

/**
 * Where the ways to a combinator's inputs join: what is below such a node is printed once. Nodes are made
 * from the innermost frame outward: what a node leads to stands before it.
 */
export class SharedNodes {
  readonly #raw: Stacks;
  readonly #parents: Int32Array;
  /** How many nodes there are below, with itself; counted as often as they are led to. */
  readonly #sizes: Int32Array;
  readonly #hasBranches: Int32Array;

  /** Null: nothing is shared. */
  static of(raw: Stacks): SharedNodes | null {
    return raw.branches.length === 0 ? null : new SharedNodes(raw);
  }

  private constructor(raw: Stacks) {
    const { nodes } = raw;
    this.#raw = raw;
    this.#parents = new GlobalInt32Array(nodes.length);
    this.#sizes = new GlobalInt32Array(nodes.length);
    this.#hasBranches = new GlobalInt32Array(nodes.length);
    for (let node = 0; node < nodes.length; node++) this.#weigh(node);
    for (let at = 0; at < raw.groups.length; at++)
      this.#addParent(raw.groups.node[at] ?? -1);
  }

  has(node: number): boolean {
    return (
      (this.#parents[node] ?? 0) > 1 &&
      this.#hasBranches[node] === 1 &&
      (this.#sizes[node] ?? 0) >= SMALLEST &&
      // It is one only for some of those above it.
      this.#raw.nodes.total[node] !== PERHAPS_RACE
    );
  }

  #addParent(node: number): void {
    this.#parents[node] = (this.#parents[node] ?? 0) + 1;
  }

  #weigh(node: number): void {
    const { nodes, branches } = this.#raw;
    const type = nodes.type[node];
    if (type !== NodeType.frame && type !== NodeType.combinator) return;
    this.#sizes[node] = 1;
    this.#add(node, nodes.next[node] ?? -1);
    const begin = nodes.branchesBegin[node] ?? 0;
    const count = nodes.branchesCount[node] ?? 0;
    if (count > 0) this.#hasBranches[node] = 1;
    for (let at = begin; at < begin + count; at++)
      this.#add(node, branches.node[at] ?? -1);
  }

  #add(node: number, below: number): void {
    // A damaged capture.
    if (below < 0 || below >= node) return;
    this.#addParent(below);
    const size = (this.#sizes[node] ?? 0) + (this.#sizes[below] ?? 0);
    this.#sizes[node] = MathMin(size, LARGEST);
    if (this.#hasBranches[below] === 1) this.#hasBranches[node] = 1;
  }
}
