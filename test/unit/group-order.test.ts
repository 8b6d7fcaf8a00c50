// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { expect, test } from 'vitest';
import { NodeType } from '../../lib/base/capture-schema.js';
import { type Group, orderGroups } from '../../lib/model/group-order.js';
import { type Origin, originOf } from '../../lib/model/origin.js';
import { verdictOf } from '../../lib/model/verdict.js';
import { RawThreadBuilder } from './model-fixtures.js';

interface Chain {
  readonly places: readonly number[];
  /** Below the places: a combinator of these. */
  readonly branches?: readonly Chain[];
}

/** A capture of stacks, written down in the order that is given, as the heap would. */
class Capture extends RawThreadBuilder {
  add(count: number, chain: Chain): void {
    this.group(count, this.#chain(chain));
  }

  #chain({ places, branches }: Chain): number {
    let next =
      branches === undefined
        ? this.leaf()
        : this.combinator(
            'Promise.all',
            branches.map((each, index) => [index, this.#chain(each)]),
          );
    for (const line of [...places].reverse()) {
      const place = { name: `f${line}`, script: '/app/a.js', line, column: 1 };
      next = this.frame(this.site(place), next);
    }
    return next;
  }

  all(): Group[] {
    const raw = this.build();
    const origin = (site: number): Origin =>
      originOf(raw.sites.scriptName[site] ?? '');
    return this.groups.map(({ count = 0, node = -1 }) => ({
      count,
      node,
      begin: node,
      place: node,
      isStuck: false,
      verdict: verdictOf(raw, origin, node),
      depths: null,
    }));
  }

  /** The groups as they are ordered: count, and the lines of the first frames. */
  ordered(): string[] {
    return orderGroups(this.build(), this.all()).map(({ count, node }) =>
      [count, ...this.#lines(node)].join(' '),
    );
  }

  #lines(start: number): string[] {
    const lines: string[] = [];
    for (let at = start; at >= 0;) {
      const row = this.nodes[at] ?? {};
      if (row.type === NodeType.frame)
        lines.push(String(this.sites[row.payload ?? -1]?.line));
      if (row.type === NodeType.combinator) {
        const begin = row.branchesBegin ?? 0;
        const end = begin + (row.branchesCount ?? 0);
        for (const { node = -1 } of this.branches.slice(begin, end))
          lines.push(`[${this.#lines(node).join(' ')}]`);
      }
      at = row.next ?? -1;
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
    const isOwn = site.line === 4 || site.line === 7;
    site.scriptName = isOwn ? '/app/a.js' : (scripts[index % 3] ?? '');
  });
  expect(capture.ordered()).toEqual(['5 3 4', '1 5 [6] [7]', '9 1 2']);
});

test('what will never go on comes first, however few they are', () => {
  const capture = new Capture();
  for (const line of [1, 2, 3, 4]) capture.add(line, { places: [line] });
  const verdicts = ['stuck', 'waiting', 'deadlock', 'ready'] as const;
  const groups = capture.all().map((group, index) => ({
    ...group,
    verdict: verdicts[index] ?? 'waiting',
  }));
  const ordered = orderGroups(capture.build(), groups);
  expect(ordered.map(({ verdict }) => verdict)).toEqual([
    'deadlock',
    'stuck',
    'ready',
    'waiting',
  ]);
});

test('nodes that are no nodes, and rings, have an end', () => {
  const capture = new Capture();
  const site = capture.site();
  capture.node(NodeType.frame, site, 0);
  capture.node(NodeType.frame, site, 1, 0, 0, 0);
  capture.node(NodeType.combinator, 0, -1, 0, 5);
  for (const node of [0, 1, 2, 99]) capture.group(1, node);
  expect(orderGroups(capture.build(), capture.all())).toHaveLength(4);
});
