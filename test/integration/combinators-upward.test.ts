// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { callGraph, type CallGraph, dump, extract, type Stack } from 'asynctb';
import { afterAll, describe, expect, it } from 'vitest';
import { loadProgram } from '../support/forms';

interface Way {
  name: string;
  input: object;
  task: object;
  /** The names of what stands between them, outermost first. */
  between: string;
}

const { park } = loadProgram<{
  park(): { parked: Way[]; release(): void };
}>('combinators-upward.cjs');
const { parked, release } = park();
await new Promise(setImmediate);
afterAll(release);

/** Each way down to a leaf, as names; what is between the task's two frames and the leaf. */
function waysDown(stack: Stack, above: string[] = []): string[] {
  const names = [...above, ...stack.frames.map(nameOf)];
  const branches = stack.frames.at(-1)?.branches ?? [];
  if (branches.length === 0) return [names.join(', ')];
  return branches.flatMap((branch) => waysDown(branch, names));
}

/** The same upward, innermost first in the graph, outermost first here. */
function waysUp(graph: CallGraph, below: string[] = []): string[] {
  const own = graph.stack.frames.map(nameOf);
  const names = [...own, ...below];
  if (graph.awaitedBy.length === 0) return [names.join(', ')];
  return graph.awaitedBy.flatMap((above) => waysUp(above, names));
}

function nameOf(frame: { kind: string; functionName: string }): string {
  if (frame.kind === 'callback') return 'callback';
  // V8 names a function by where its literal stands.
  return frame.functionName.replace(/^ways\..*/, '');
}

/** The task, and the anonymous function that it awaits. */
function expected(between: string): string {
  return ['task', '', between]
    .filter((_, i) => i < 2 || between !== '')
    .join(', ');
}

describe('what waits for several promises', () => {
  it.each(parked)('$name: downward', ({ task, between }) => {
    expect(waysDown(extract(task))).toContain(expected(between));
  });

  it.each(parked)('$name: upward', ({ input, between }) => {
    expect(waysUp(callGraph(input))).toEqual([expected(between)]);
  });

  it.each(parked)('$name: with awaiters', ({ input, between }) => {
    const { frames } = extract(input, { awaiters: true });
    expect(frames.map(nameOf).join(', ')).toBe(expected(between));
  });

  it('is the same in a dump', () => {
    const ways = dump()
      .threads[0]!.groups.filter(
        ({ stack }) => stack.frames[0]?.functionName === 'task',
      )
      .flatMap(({ stack, count }) =>
        Array.from({ length: count }, () => waysDown(stack)),
      )
      .flat();
    for (const { between } of parked) {
      expect(ways).toContain(expected(between));
    }
    const single = parked.flatMap(({ task }) => waysDown(extract(task)));
    expect([...ways].sort()).toEqual([...single].sort());
  });
});

describe('inputs without an index', () => {
  const settlers: ((value: unknown) => void)[] = [];
  const wait = (): Promise<unknown> =>
    new Promise((resolve) => settlers.push(resolve));
  async function first(): Promise<void> {
    await wait();
  }
  async function second(): Promise<void> {
    await wait();
  }
  async function third(): Promise<void> {
    await wait();
  }
  async function racer(...racers: (() => Promise<unknown>)[]): Promise<void> {
    await Promise.race(racers.map((run) => run()));
  }
  const tasks = [
    racer(third, first, second, wait),
    racer(first, second, third, wait),
    racer(wait, second, () => Promise.all([wait()]), third, first),
  ];
  afterAll(() => settlers.forEach((settle) => settle(0)));

  it('stand in one order, whoever shows them', () => {
    const names = (stack: Stack | undefined): string[] =>
      stack?.frames
        .at(-1)
        ?.branches.map(({ frames }) => frames[0]?.functionName ?? '') ?? [];
    const expectedNames = [
      ['', 'first', 'second', 'third'],
      ['', 'first', 'second', 'third'],
      ['', 'Promise.all', 'first', 'second', 'third'],
    ];
    expect(tasks.map((task) => names(extract(task)))).toEqual(expectedNames);
    const groups = dump().threads[0]!.groups.filter(
      ({ stack }) => stack.frames[0]?.functionName === 'racer',
    );
    const shown = groups.flatMap(({ stack, count }) =>
      Array.from({ length: count }, () => names(stack)),
    );
    expect(shown.sort((a, b) => a.length - b.length)).toEqual(expectedNames);
  });
});
