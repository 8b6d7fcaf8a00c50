// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeJoin,
  ArrayPrototypeSort,
  GlobalInt32Array,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { RawThread } from '../base/capture.js';
import { NodeType } from '../base/capture-schema.js';

/** So many functions may call each other in turn. */
const LONGEST_ROUND = 8;
/** In larger captures no recursion is looked for. */
const MOST_NODES = 2_000_000;
/** What makes one number of two, and stays exact. */
const SHIFT = 2 ** 32;
const MOST_SITES = 2 ** 20;

type Stacks = Pick<RawThread, 'branches' | 'nodes' | 'sites'>;

/**
 * For each node the one that stands for all stacks that differ from its own only in how often the same
 * frames repeat one below the other; null when nothing repeats in this capture.
 */
export function unrepeated(raw: Stacks): Int32Array | null {
  const { nodes, sites } = raw;
  if (nodes.length > MOST_NODES || sites.length > MOST_SITES) return null;
  return repeatsAnywhere(raw) ? new Unrepeated(raw).stands : null;
}

function isFrame({ nodes }: Stacks, node: number): boolean {
  return node >= 0 && nodes.type[node] === NodeType.frame;
}

/** Whether frames stand one below the other that may be a round and the begin of the next. */
function repeatsAnywhere(raw: Stacks): boolean {
  const { nodes } = raw;
  for (let node = 0; node < nodes.length; node++) {
    if (!isFrame(raw, node)) continue;
    let below = nodes.next[node] ?? -1;
    for (let step = 0; step < LONGEST_ROUND && isFrame(raw, below); step++) {
      if (nodes.payload[below] === nodes.payload[node]) return true;
      below = nodes.next[below] ?? -1;
    }
  }
  return false;
}

/** Nodes are made from the innermost frame outward: what a node leads to stands before it. */
class Unrepeated {
  readonly stands: Int32Array;
  readonly #raw: Stacks;
  /** What is below the node that stands for others, itself one that stands for others. */
  readonly #next: Int32Array;
  readonly #frames = new GlobalMap<number, number>();
  readonly #combinators = new GlobalMap<string, number>();

  constructor(raw: Stacks) {
    this.#raw = raw;
    this.stands = new GlobalInt32Array(raw.nodes.length);
    this.#next = new GlobalInt32Array(raw.nodes.length);
    for (let node = 0; node < raw.nodes.length; node++)
      this.stands[node] = this.#standsFor(node);
  }

  #standsFor(node: number): number {
    const { nodes } = this.#raw;
    const below = nodes.next[node] ?? -1;
    // A damaged capture.
    if (below >= node) return node;
    const next = below < 0 ? -1 : (this.stands[below] as number);
    this.#next[node] = next;
    const type = nodes.type[node];
    if (type === NodeType.frame) return this.#frame(node, next);
    return type === NodeType.combinator ? this.#combinator(node, next) : node;
  }

  #frame(node: number, next: number): number {
    const site = this.#raw.nodes.payload[node] ?? 0;
    for (let length = 1; length <= LONGEST_ROUND; length++) {
      const begin = this.#repeated(site, next, length);
      if (begin >= 0) return begin;
    }
    const key = (site + 1) * SHIFT + next + 1;
    const known = MapPrototypeGet(this.#frames, key);
    if (known !== undefined) return known;
    MapPrototypeSet(this.#frames, key, node);
    return node;
  }

  /** Where the round begins that a frame at `site` above `next` only repeats; -1: it does not. */
  #repeated(site: number, next: number, length: number): number {
    let begin = next;
    for (let step = 1; step < length; step++) {
      if (!isFrame(this.#raw, begin)) return -1;
      begin = this.#next[begin] ?? -1;
    }
    const { payload } = this.#raw.nodes;
    if (!isFrame(this.#raw, begin) || payload[begin] !== site) return -1;
    let above = next;
    let below = this.#next[begin] ?? -1;
    for (let step = 1; step < length; step++) {
      if (!isFrame(this.#raw, below) || payload[above] !== payload[below])
        return -1;
      above = this.#next[above] ?? -1;
      below = this.#next[below] ?? -1;
    }
    return begin;
  }

  #combinator(node: number, next: number): number {
    const { nodes, branches } = this.#raw;
    const begin = nodes.branchesBegin[node] ?? 0;
    const count = nodes.branchesCount[node] ?? 0;
    const inputs: string[] = [];
    for (let at = 0; at < count; at++) {
      const branch = branches.node[begin + at] ?? -1;
      if (branch >= node) return node;
      const stands = branch < 0 ? branch : (this.stands[branch] as number);
      inputs[at] = `${branches.input[begin + at] ?? -1}:${stands}`;
    }
    // Inputs whose index is not known have no order of their own.
    if ((branches.input[begin] ?? 0) < 0)
      ArrayPrototypeSort(inputs, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const key = `${nodes.payload[node] ?? 0} ${nodes.total[node] ?? 0} ${next} ${ArrayPrototypeJoin(inputs, ' ')}`;
    const known = MapPrototypeGet(this.#combinators, key);
    if (known !== undefined) return known;
    MapPrototypeSet(this.#combinators, key, node);
    return node;
  }
}
