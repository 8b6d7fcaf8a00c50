// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { expect, test } from 'vitest';
import {
  BRANCH_STRIDE,
  NODE_COMBINATOR,
  NODE_FRAME,
  NODE_LEAF,
  type RawSite,
  type RawThread,
} from '../../lib/base/raw.js';
import { orderGroups } from '../../lib/model/group-order.js';

interface Chain {
  readonly places: readonly number[];
  /** Below the places: a combinator of these. */
  readonly branches?: readonly Chain[];
}

/** A capture of stacks, written down in the order that is given, as the heap would. */
class Capture {
  readonly sites: RawSite[] = [];
  readonly nodes: number[] = [];
  readonly branches: number[] = [];
  readonly pairs: number[] = [];

  add(count: number, chain: Chain): void {
    this.pairs.push(count, this.#chain(chain));
  }

  #chain({ places, branches }: Chain): number {
    let next =
      branches === undefined
        ? this.#node(NODE_LEAF, 0, -1)
        : this.#combinator(branches);
    for (const line of [...places].reverse()) {
      this.sites.push([`f${line}`, '/app/a.js', line, 1, '', 2, 1]);
      next = this.#node(NODE_FRAME, this.sites.length - 1, next);
    }
    return next;
  }

  #combinator(branches: readonly Chain[]): number {
    const heads = branches.map((each) => this.#chain(each));
    const begin = this.branches.length / BRANCH_STRIDE;
    heads.forEach((head, index) => this.branches.push(index, head));
    return this.#node(NODE_COMBINATOR, 0, -1, begin, heads.length);
  }

  #node(
    type: number,
    payload: number,
    next: number,
    ...rest: number[]
  ): number {
    this.nodes.push(type, payload, next, rest[0] ?? 0, rest[1] ?? 0, 0);
    return this.nodes.length / 6 - 1;
  }

  /** The groups as they are ordered: count, and the lines of the first frames. */
  ordered(): string[] {
    const raw = {
      sites: this.sites,
      nodes: Int32Array.from(this.nodes),
      branches: Int32Array.from(this.branches),
    } as unknown as RawThread;
    const pairs = orderGroups(raw, this.pairs);
    return Array.from({ length: pairs.length / 2 }, (_, index) =>
      [pairs[2 * index], ...this.#lines(pairs[2 * index + 1] ?? -1)].join(' '),
    );
  }

  #lines(start: number): string[] {
    const lines: string[] = [];
    for (let node = start; node >= 0; node = this.nodes[node * 6 + 2] ?? -1) {
      const [type, payload = 0] = this.nodes.slice(node * 6);
      if (type === NODE_FRAME) lines.push(String(this.sites[payload]?.[2]));
      if (type !== NODE_COMBINATOR) continue;
      const begin = this.nodes[node * 6 + 3] ?? 0;
      const count = this.nodes[node * 6 + 4] ?? 0;
      for (let index = begin; index < begin + count; index++) {
        const inner = this.#lines(this.branches[2 * index + 1] ?? -1);
        lines.push(`[${inner.join(' ')}]`);
      }
    }
    return lines;
  }
}

const GROUPS: [count: number, chain: Chain][] = [
  [9, { places: [50] }],
  [2, { places: [3, 4] }],
  [2, { places: [3, 5, 1] }],
  [2, { places: [7], branches: [{ places: [1] }, { places: [2] }] }],
  [2, { places: [7], branches: [{ places: [1] }, { places: [9] }] }],
  [2, { places: [20] }],
  [1, { places: [1] }],
];

test('groups of one size stand in the order of their places, wherever the heap has them', () => {
  const expected = [
    '9 50',
    '2 3 4',
    '2 3 5 1',
    '2 7 [1] [2]',
    '2 7 [1] [9]',
    '2 20',
    '1 1',
  ];
  const orders = [
    GROUPS,
    [...GROUPS].reverse(),
    [3, 5, 0, 6, 2, 4, 1].map((at) => GROUPS[at]),
  ];
  for (const order of orders) {
    const capture = new Capture();
    for (const group of order) if (group) capture.add(...group);
    expect(capture.ordered()).toEqual(expected);
  }
});

test('groups that only libraries are part of come last', () => {
  const capture = new Capture();
  capture.add(9, { places: [1, 2] });
  capture.add(5, { places: [3, 4] });
  capture.add(1, { places: [5], branches: [{ places: [6] }, { places: [7] }] });
  const scripts = ['/app/node_modules/a/b.js', 'node:events', ''];
  capture.sites.forEach((site, index) => {
    const [name, , line, ...rest] = site;
    const isOwn = line === 4 || line === 7;
    const script = isOwn ? '/app/a.js' : (scripts[index % 3] ?? '');
    capture.sites[index] = [name, script, line, ...rest] as RawSite;
  });
  expect(capture.ordered()).toEqual(['5 3 4', '1 5 [6] [7]', '9 1 2']);
});

test('nodes that are no nodes, and rings, have an end', () => {
  const raw = {
    sites: [['f', '/a.js', 1, 1, '', 2, 1]],
    nodes: Int32Array.from([
      0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, -1, 0, 5, 0,
    ]),
    branches: Int32Array.from([]),
  } as unknown as RawThread;
  expect(orderGroups(raw, [1, 0, 1, 1, 1, 2, 1, 99])).toHaveLength(8);
});
