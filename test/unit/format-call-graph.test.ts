// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { CallGraph } from '../../lib/model/call-graph.js';
import type { CallGraphJson } from '../../lib/model/json.js';
import { Stack } from '../../lib/model/stack.js';
import { makeFrame } from './model-fixtures.js';

beforeAll(useNodeValues);
afterAll(() => setValueProbe(null));

function node(name: string, awaitedBy: CallGraph[] = [], cyclic = false) {
  const root = Promise.resolve();
  return new CallGraph(
    root,
    new Stack(root, [makeFrame({ name })]),
    awaitedBy,
    cyclic,
  );
}

describe('a call graph', () => {
  test('a straight line, branches, what is shared, and a cycle', () => {
    const shared = node('shared', [node('top')]);
    const graph = node('load', [
      node('loadAll', [
        node('a', [shared]),
        node('b', [shared]),
        node('c', [], true),
      ]),
    ]);
    expect(graph.toString()).toMatchInlineSnapshot(`
      "asynctb.CallGraph of Promise (innermost first):
      ╠ load at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)
      awaited by
      ╠ loadAll at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)
      awaited by 3 tasks
      ├──
      │   ╠ a at /app/src/load.js:14:13
      │   ║ └ const r = await fetch(url)
      │   awaited by
      │   ╠ shared at /app/src/load.js:14:13
      │   ║ └ const r = await fetch(url)
      │   awaited by
      │   ╠ top at /app/src/load.js:14:13
      │   ║ └ const r = await fetch(url)
      ├──
      │   ╠ b at /app/src/load.js:14:13
      │   ║ └ const r = await fetch(url)
      │   awaited by
      │   ╠ shared at /app/src/load.js:14:13 (shown above)
      └──
          ╠ c at /app/src/load.js:14:13
          ║ └ const r = await fetch(url)
          (a cycle: it waits for itself)"
    `);
    expect(inspect(graph)).toBe(graph.toString());
    expect(graph.format({ asciiOnly: true })).toMatch(/^[\n -~]*$/);
  });

  test('nobody waits', () => {
    expect(node('alone').toString()).toMatchInlineSnapshot(`
      "asynctb.CallGraph of Promise (innermost first):
      ╠ alone at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)"
    `);
  });

  test('an object that is its own awaiter ends too', () => {
    const loop = node('loop');
    loop.awaitedBy.push(loop);
    expect(loop.toString()).toContain('(shown above)');
    expect(loop.toJSON().nodes).toHaveLength(1);
  });

  test('a chain of 10,000, and 10,000 branchings', () => {
    let chain = node('first');
    let bushy = node('first');
    for (let depth = 0; depth < 10_000; depth++) {
      chain = node(`f${depth}`, [chain]);
      bushy = node(`f${depth}`, [bushy, node('other')]);
    }
    expect(chain.toString().match(/awaited by/g)).toHaveLength(10_000);
    expect(bushy.toString()).toContain('(nested more than 100 deep');
    const { nodes } = JSON.parse(JSON.stringify(bushy)) as CallGraphJson;
    expect(nodes).toHaveLength(20_001);
    expect(nodes[0]?.awaitedBy).toEqual([1, 2]);
  });

  test('diamonds do not multiply', () => {
    let graph = node('top');
    for (let depth = 0; depth < 90; depth++) {
      graph = node('below', [node('left', [graph]), node('right', [graph])]);
    }
    expect(graph.toString().split('\n').length).toBeLessThan(2000);
    expect(graph.toJSON().nodes).toHaveLength(271);
  });
});
