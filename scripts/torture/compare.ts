// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What asynctb has found of a program, beside what is so. */

import {
  branchLines,
  type Chain,
  chainLines,
  frameLine,
  type ModelFrame,
  waysToGates,
} from './model';
import type { Program } from './program';

interface FoundFrame {
  readonly functionName: string;
  readonly scriptName: string;
  readonly lineNumber: number | null;
  readonly columnNumber: number | null;
  readonly kind: string;
  readonly internal: boolean;
  readonly branches: readonly FoundStack[];
}

interface FoundStack {
  readonly branchIndex: number | null;
  readonly frames: readonly FoundFrame[];
  readonly leaves: readonly string[];
  readonly error: { readonly message: string } | null;
}

interface FoundGraph {
  readonly nodes: readonly {
    readonly stack: FoundStack;
    readonly awaitedBy: readonly number[];
  }[];
}

interface FoundDump {
  readonly threads: readonly {
    readonly error: { readonly message: string } | null;
    readonly groups: readonly {
      readonly count: number;
      readonly stack: FoundStack;
    }[];
  }[];
}

export interface Answers {
  readonly extract: readonly FoundStack[];
  readonly extractMany: readonly FoundStack[];
  readonly generators: readonly FoundStack[];
  readonly outermost: readonly FoundFrame[];
  readonly awaiters: Readonly<Record<string, FoundStack>>;
  readonly graphs: Readonly<Record<string, FoundGraph>>;
  readonly dump: FoundDump;
  readonly dumpAsync: FoundDump;
  readonly bySignal?: FoundDump;
}

/** What differs, in lines; empty when nothing does. */
export function compare(program: Program, answers: Answers): string[] {
  const differences: string[] = [];
  const expect = (what: string, found: string[], expected: string[]): void => {
    if (found.join('\n') === expected.join('\n')) return;
    differences.push(`${what}:`, ...diff(expected, found));
  };
  const lines = (chain: Chain): string[] =>
    chainLines(chain, program.positions);
  program.tasks.forEach((chain, index) => {
    const expected = lines(chain);
    for (const way of ['extract', 'extractMany'] as const) {
      const found = answers[way][index];
      expect(`${way} of task ${index}`, stackLines(found), expected);
    }
    const outermost = answers.outermost[index] as FoundFrame;
    expect(
      `extractOutermost of task ${index}`,
      frameLines(outermost),
      expected.slice(0, 1),
    );
  });
  program.generators.forEach((chain, index) => {
    expect(
      `generator ${index}`,
      stackLines(answers.generators[index]),
      lines(chain),
    );
  });
  const tasks = [...program.tasks, program.topLevel ?? []].flat();
  for (const way of ['dump', 'dumpAsync', 'bySignal'] as const) {
    const found = answers[way];
    if (found === undefined) {
      if (program.bySignal) differences.push(`${way}: missing`);
      continue;
    }
    expect(way, dumpLines(found), sorted(tasks.map((task) => lines(task))));
  }
  compareUpward(program, tasks, answers, expect);
  return differences;
}

type Expect = (what: string, found: string[], expected: string[]) => void;

/** From each gate up: where there is one way, it is the stack of the task; else each way is there. */
function compareUpward(
  program: Program,
  tasks: readonly Chain[],
  answers: Answers,
  expect: Expect,
): void {
  const ways = new Map<string, ModelFrame[][]>();
  for (const task of tasks) {
    for (const [gate, frames] of waysToGates(task)) {
      const known = ways.get(gate);
      if (known === undefined) ways.set(gate, [frames]);
      else known.push(frames);
    }
  }
  for (const [gate, found] of ways) {
    const texts = found.map((frames) => wayText(frames, program));
    const graph = answers.graphs[gate] as FoundGraph;
    expect(`callGraph of ${gate}`, graphWays(graph), unique(texts));
    if (texts.length === 1) {
      const stack = answers.awaiters[gate] as FoundStack;
      expect(
        `awaiters of ${gate}`,
        [
          stack.frames
            .filter(isOfProgram)
            .flatMap((frame) => frameLines(frame))
            .join(' > '),
        ],
        unique(texts),
      );
    }
  }
}

function wayText(frames: readonly ModelFrame[], program: Program): string {
  return chainLines(
    {
      frames: frames.map((frame) =>
        frame.kind === 'combinator' ? { ...frame, branches: [] } : frame,
      ),
      gate: null,
    },
    program.positions,
  ).join(' > ');
}

/** Each way from the outermost tasks down to the root. */
function graphWays({ nodes }: FoundGraph): string[] {
  const found: string[] = [];
  const climb = (index: number, below: readonly string[]): void => {
    const node = nodes[index];
    if (node === undefined) return;
    const own = node.stack.frames
      .filter(isOfProgram)
      .flatMap((frame) => frameLines(frame));
    const way = [...own, ...below];
    if (node.awaitedBy.length === 0) found.push(way.join(' > '));
    for (const above of node.awaitedBy) climb(above, way);
  };
  climb(0, []);
  return unique(found);
}

/** Node's own frames wait for a module that waits at its top level. */
function isOfProgram(frame: FoundFrame): boolean {
  return !frame.internal;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

function stackLines(stack: FoundStack | undefined): string[] {
  if (stack === undefined) return ['missing'];
  const lines = stack.frames.flatMap((frame) => [
    ...frameLines(frame),
    ...branchLines(
      frame.functionName,
      frame.branches.map((branch) => [branch.branchIndex, stackLines(branch)]),
    ),
  ]);
  for (const leaf of stack.leaves) {
    lines.push(/[Pp]romise/.test(leaf) ? '(promise)' : leaf);
  }
  if (stack.error !== null) lines.push(`error: ${stack.error.message}`);
  return lines;
}

function frameLines(frame: FoundFrame): string[] {
  const { kind, functionName, lineNumber, columnNumber } = frame;
  return kind === 'combinator'
    ? [functionName]
    : [frameLine(kind, shownName(functionName), lineNumber, columnNumber)];
}

/**
 * V8 infers a name for a function without one, from what stands around it: `a.b.c`, or a variable of the
 * program, none of which has a number, as all its functions have.
 */
function shownName(name: string): string {
  return name.includes('.') || !/\d$/u.test(name) ? '' : name;
}

/** The tasks of the program itself, in any order, without those that come and go. */
function dumpLines({ threads }: FoundDump): string[] {
  const stacks: string[][] = [];
  for (const { groups, error } of threads) {
    if (error !== null) stacks.push([`error: ${error.message}`]);
    for (const { count, stack } of groups) {
      const own = { ...stack, frames: stack.frames.filter(isOfProgram) };
      const [first] = own.frames;
      if (first === undefined || first.functionName.startsWith('churn')) {
        continue;
      }
      // A chain of callbacks that nobody waits for is a task as well, and none of those in the model: what
      // passes the outcome of a gate on to a `resolve` function, say.
      if (!hasFunction(own)) continue;
      for (let i = 0; i < count; i++) stacks.push(stackLines(own));
    }
  }
  return sorted(stacks);
}

function hasFunction({ frames }: FoundStack): boolean {
  return frames.some(
    ({ kind, branches }) =>
      !['callback', 'combinator'].includes(kind) || branches.some(hasFunction),
  );
}

function sorted(stacks: readonly string[][]): string[] {
  return stacks
    .map((lines) => lines.join('\n'))
    .sort()
    .flatMap((text) => ['task', ...text.split('\n')]);
}

function diff(expected: readonly string[], found: readonly string[]): string[] {
  let same = 0;
  while (same < expected.length && expected[same] === found[same]) same++;
  const show = (lines: readonly string[], sign: string): string[] =>
    lines.slice(same, same + 12).map((line) => `  ${sign} ${line}`);
  const before = expected.slice(Math.max(same - 3, 0), same);
  return [
    ...before.map((line) => `    ${line}`),
    ...show(expected, 'expected'),
    ...show(found, 'found   '),
  ];
}
