// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { callGraph, type CallGraph, extract } from 'asynctb';
import { promiseReactions } from 'asynctb/lowlevel';
import { describe, expect, it } from 'vitest';
import { expectBlock, expectStack } from '../support/assert-stack';
import { describeStack, loadProgram } from '../support/forms';

interface Gate {
  promise: Promise<unknown>;
  resolve(value: unknown): void;
}

interface Graphs {
  edges(): Promise<{ gate: Gate; target: object; keep: unknown[] }>;
  diamond(): Promise<{ gate: Gate; target: object; apex: object }>;
  cycle(): Promise<{ a: object; b: object; waiting: object }>;
  self(): Promise<{ target: object }>;
  chain(): Promise<{ gate: Gate; bottom: object; apex: object }>;
  generators(): Promise<{
    gate: Gate;
    inner: AsyncGenerator;
    outer: AsyncGenerator;
    request: Promise<unknown>;
    waiting: object;
  }>;
  running(look: () => unknown): Promise<unknown>;
}

const graphs = loadProgram<Graphs>('graph.cjs');

/** One line a frame, awaiters indented; what was met before is not repeated. */
function describeGraph(graph: CallGraph): string {
  const lines: string[] = [];
  const met = new Set<CallGraph>();
  const visit = (node: CallGraph, indent: string): void => {
    const { branchIndex } = node.stack;
    const own = describeStack(node.stack);
    const input = branchIndex === null ? '' : ` [${branchIndex}]`;
    const mark = met.has(node) ? ' again' : node.cyclic ? ' cyclic' : '';
    for (const line of own.split('\n')) lines.push(indent + line);
    lines.push(`${lines.pop() ?? ''}${input}${mark}`);
    if (met.has(node)) return;
    met.add(node);
    for (const awaiter of node.awaitedBy) visit(awaiter, `${indent}  `);
  };
  visit(graph, '');
  return lines.join('\n');
}

function expectGraph(graph: CallGraph, expected: string): void {
  expectBlock(describeGraph(graph), expected);
  const text = graph.format();
  expect(String(graph)).toBe(text);
  expect(graph.format({ asciiOnly: true })).toMatch(/^[\x20-\x7e\n]*$/);
  const json = JSON.parse(JSON.stringify(graph)) as { nodes: unknown[] };
  expect(json.nodes.length).toBeGreaterThan(0);
}

describe('callGraph', () => {
  it('shows everybody who waits, through every edge', async () => {
    const { gate, target } = await graphs.edges();
    expectGraph(
      callGraph(target),
      `
leaf promise
  async-function leaf @leaf
  callback onFulfilled @fulfilled
  callback onFulfilled @fulfilled
  callback onFinally @finally
  Promise.all [1]
    async-function top @top
  async-generator items @items
    async-function loops @loops
  async-function left @left
  async-function right @right`,
    );
    gate.resolve(1);
  });

  it('branches, and what several lead to is one node', async () => {
    const { gate, target, apex } = await graphs.diamond();
    const graph = callGraph(target);
    expectGraph(
      graph,
      `
async-function leaf @leaf
leaf promise
  async-function left @left
    Promise.all [0]
      async-function top @top
  async-function right @right
    Promise.all [0] again`,
    );
    const [left, right] = graph.awaitedBy;
    expect(left?.awaitedBy[0]).toBe(right?.awaitedBy[0]);
    expect(left?.awaitedBy[0]?.awaitedBy[0]?.root).toBe(apex);
    expect(String(graph).match(/top at/g)).toHaveLength(1);
    gate.resolve(1);
    await apex;
  });

  it('marks a cycle, and goes round it once', async () => {
    const { a, waiting } = await graphs.cycle();
    expectGraph(
      callGraph(a),
      `
async-function first @first
async-function second @second
error ERR_ASYNCTB_CYCLE
  async-function second @second
    async-function first @first cyclic
  async-function leaf @leaf`,
    );
    expectStack(
      extract(waiting),
      `
async-function leaf @leaf
async-function first @first
async-function second @second
error ERR_ASYNCTB_CYCLE`,
    );
  });

  it('of one that waits for itself', async () => {
    const { target } = await graphs.self();
    expectGraph(
      callGraph(target),
      `
async-function itself @itself
error ERR_ASYNCTB_CYCLE
  async-function itself @itself cyclic`,
    );
  });

  it('of async generators and their requests', async () => {
    const { gate, inner, outer, request } = await graphs.generators();
    const above = `
  async-generator outerItems @outer-items
    async-function left @left`;
    expectGraph(
      callGraph(inner),
      `
async-generator items @items
leaf promise${above}`,
    );
    expectGraph(
      callGraph(outer),
      `
async-generator outerItems @outer-items
async-generator items @items
leaf promise
  async-function left @left`,
    );
    expectGraph(
      callGraph(request),
      `
async-generator outerItems @outer-items
async-generator items @items
leaf promise
  async-function left @left`,
    );
    gate.resolve(1);
    await request;
  });

  it('without a target: of the task that runs', async () => {
    const graph = (await graphs.running(() => callGraph())) as CallGraph;
    const caller = graph.stack.frames.pop();
    expect(caller?.scriptName).toMatch(/call-graph\.test\.ts$/);
    expectGraph(
      graph,
      `
function inner @inner-running running
  async-function outer @outer-waits
    Promise.all [1]
      callback <anonymous> @picks`,
    );
    expect(graph.root).toBeInstanceOf(Promise);
  });

  it('of what nobody waits for', () => {
    const pending = new Promise(() => {});
    expectGraph(callGraph(pending), 'leaf promise');
    expectGraph(callGraph(Promise.resolve(1)), '(no frames)');
  });

  it('is bounded by maxFrames and says so', async () => {
    const { gate, bottom } = await graphs.chain();
    const graph = callGraph(bottom, { maxFrames: 2 });
    expect(JSON.stringify(graph)).toContain('ERR_ASYNCTB_MAX_FRAMES');
    gate.resolve(1);
  });
});

describe('option awaiters', () => {
  it('prefixes the async callers, outermost first', async () => {
    const { gate, bottom } = await graphs.chain();
    expectStack(
      extract(bottom, { awaiters: true }),
      `
async-function top @top
callback onFulfilled @fulfilled
async-function left @left
async-function leaf @leaf
leaf promise`,
    );
    expectStack(
      extract(bottom),
      `
async-function leaf @leaf
leaf promise`,
    );
    gate.resolve(1);
  });

  it('also of an async generator', async () => {
    const { gate, inner } = await graphs.generators();
    expectStack(
      extract(inner, { awaiters: true }),
      `
async-function left @left
async-generator outerItems @outer-items
async-generator items @items
leaf promise`,
    );
    gate.resolve(1);
  });

  it('branches where several wait, each with its own callers', async () => {
    const { gate, target } = await graphs.diamond();
    expectStack(
      extract(target, { awaiters: true }),
      `
awaited by 2
  []
    async-function top @top
    Promise.all
    async-function left @left
  []
    async-function top @top
    Promise.all
    async-function right @right
async-function leaf @leaf
leaf promise`,
    );
    const flat = extract(target, { awaiters: true }).formatFlat();
    const names = flat.matchAll(/^ +at (?:async )?(\S+)/gmu);
    expect([...names].map(([, name]) => name)).toEqual([
      ...['leaf', 'awaited'],
      ...['left', 'Promise.all', 'top'],
      ...['right', 'Promise.all', 'top'],
    ]);
    gate.resolve(1);
  });

  it('branches are bounded by maxFrames', async () => {
    const { gate, target } = await graphs.diamond();
    const stack = extract(target, { awaiters: true, maxFrames: 3 });
    const above = stack.frames[0]?.branches.map(({ length }) => length);
    expect(above).toEqual([2, 1]);
    gate.resolve(1);
  });

  it('ends in a cycle', async () => {
    const { b } = await graphs.cycle();
    const stack = extract(b, { awaiters: true });
    expect(stack.length).toBeLessThan(10);
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_CYCLE' });
  });
});

describe('promiseReactions', () => {
  it('are those that wait directly, oldest first', async () => {
    const { gate } = await graphs.edges();
    const reactions = promiseReactions(gate.promise);
    expect(reactions.map(({ frame }) => frame.functionName)).toEqual([
      'leaf',
      'onFulfilled',
      'onFulfilled',
      'onFinally',
      'Promise.all',
      'items',
      'left',
      'right',
    ]);
    expect(reactions.every(({ target }) => target !== null)).toBe(true);
    gate.resolve(1);
    expect(promiseReactions(gate.promise)).toEqual([]);
  });
});
