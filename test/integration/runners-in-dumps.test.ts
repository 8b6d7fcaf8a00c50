// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Dumps of what runs generators in the place of async functions, as the real compilers and co do. */

import { transformSync as swc } from '@swc/core';
import co from 'co';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { dump, extract } from '../../lib/index';

const { transformSync: babel } = createRequire(import.meta.url)(
  '@babel/core',
) as { transformSync(source: string, options: object): { code: string } };

const SOURCE = `
const held = [];
async function innermost() {
  await new Promise((resolve) => held.push(resolve));
}
async function middle(value) {
  await innermost();
  return value;
}
async function outermost() {
  return (await middle(1)) + 1;
}
held.push(outermost());
return held;
`;

const typescript = (target: ts.ScriptTarget): string =>
  ts.transpileModule(SOURCE, { compilerOptions: { target } }).outputText;

const COMPILERS: [name: string, compile: () => string][] = [
  ['TypeScript for ES2015', () => typescript(ts.ScriptTarget.ES2015)],
  [
    'Babel',
    () =>
      babel(SOURCE, {
        configFile: false,
        babelrc: false,
        sourceType: 'script',
        parserOpts: { allowReturnOutsideFunction: true },
        plugins: ['@babel/plugin-transform-async-to-generator'],
      }).code,
  ],
  ['SWC for ES2016', () => swcFor('es2016', SOURCE)],
];

const keep: unknown[] = [];

/** The stacks of a dump whose text has a name in it, as lines without places. */
function stacksWith(name: string): string[][] {
  return dump()
    .threads.flatMap(({ groups }) => groups)
    .map(({ stack }) =>
      stack.frames.map(
        ({ kind, functionName, lineText }) =>
          `${kind} ${functionName} ${lineText.trim()}`,
      ),
    )
    .filter((lines) => lines.some((line) => line.includes(name)));
}

it.each(COMPILERS)(
  'what %s makes of async functions',
  async (name, compile) => {
    // What another test has left behind is told apart.
    const innermost = `innermost${COMPILERS.findIndex(([each]) => each === name)}`;
    const code = compile().replaceAll('innermost', innermost);
    keep.push((compileFunction(code) as () => unknown)());
    await new Promise(setImmediate);
    const stacks = stacksWith(`yield ${innermost}()`);
    expect(stacks).toHaveLength(1);
    const generators = stacks[0]?.filter((line) =>
      line.startsWith('generator'),
    );
    expect(generators).toEqual([
      expect.stringMatching(/yield middle\(1\)/),
      expect.stringContaining(`yield ${innermost}()`),
      expect.stringMatching(/yield new Promise/),
    ]);
    // No frame of the one who runs them.
    expect(stacks[0]).toEqual(generators);
    keep.length = 0;
  },
);

let calls = 0;

/** Of a dump and by `extract`: the functions of the source that the frames of a stack with a function of its own above stand in. */
async function functionsBelow(code: string): Promise<(string | undefined)[][]> {
  // What another test has left behind is told apart.
  const above = `above${++calls}`;
  const run = code.replace(
    'return held;',
    `held.above = (async function ${above}() { await held[1]; })(); return held;`,
  );
  const held = (compileFunction(run) as () => unknown[] & { above: unknown })();
  keep.push(held);
  await new Promise(setImmediate);
  const lines = run.split('\n');
  const stacks = dump()
    .threads.flatMap(({ groups }) => groups)
    .filter(({ stack }) =>
      stack.frames.some(({ functionName }) => functionName === above),
    );
  const single = extract(held.above);
  keep.length = 0;
  return [...stacks.map(({ stack }) => stack), single].map((stack) =>
    stack.frames.slice(1).map(({ lineNumber, functionName, state }) => {
      expect(state).toBe('suspended');
      const before = lines.slice(0, lineNumber ?? 0).join('\n');
      // Compilers make more functions of one.
      const names = [...before.matchAll(/function\*? (\w*most|middle)\d*\(/g)];
      return names.at(-1)?.[1] ?? functionName;
    }),
  );
}

const ES5: [name: string, compile: (source: string) => string][] = [
  [
    'TypeScript',
    (source) =>
      ts.transpileModule(source, {
        compilerOptions: {
          target: ts.ScriptTarget.ES5,
          downlevelIteration: true,
        },
      }).outputText,
  ],
  ['SWC', (source) => swcFor('es5', source)],
];

function swcFor(target: 'es5' | 'es2016', source: string): string {
  const { code } = swc(`function all() {${source}}`, {
    jsc: { target, parser: { syntax: 'ecmascript' } },
    isModule: false,
  });
  return `${code}return all();`;
}

describe.each(ES5)(
  'what %s makes for ES5, which has no generators',
  (_, compile) => {
    it('has the functions that were compiled', async () => {
      expect(await functionsBelow(compile(SOURCE))).toEqual([
        ['outermost', 'middle', 'innermost'],
        ['outermost', 'middle', 'innermost'],
      ]);
    });

    it('has them where `this` is a class, or an object with methods', async () => {
      const source = SOURCE.replace(
        'held.push(outermost());',
        `function Outer() {}
         Outer.call = outermost;
         const object = { a: () => Outer, b: () => Outer, call: () => Outer.call() };
         async function topmost() { await this.call(); }
         held.push(topmost.call(object));`,
      );
      expect(await functionsBelow(compile(source))).toEqual([
        ['topmost', 'outermost', 'middle', 'innermost'],
        ['topmost', 'outermost', 'middle', 'innermost'],
      ]);
    });
  },
);

const ASYNC_GENERATOR = `
const held = [];
async function* innermost() {
  yield 1;
  await new Promise((resolve) => held.push(resolve));
  yield 2;
}
async function outermost() {
  for await (const each of innermost()) void each;
}
held.unshift(outermost());
held.splice(1, 0, held[0]);
return held;
`;

const ASYNC_COMPILERS: typeof ES5 = [
  ...ES5,
  ...[ts.ScriptTarget.ES2015, ts.ScriptTarget.ES2017].map(
    (target): (typeof ES5)[number] => [
      `TypeScript for ${ts.ScriptTarget[target]}`,
      (source) =>
        ts.transpileModule(source, { compilerOptions: { target } }).outputText,
    ],
  ),
  ['SWC for ES2016', (source) => swcFor('es2016', source)],
];

it.each(ASYNC_COMPILERS)(
  'what %s makes of an asynchronous generator stands below who iterates over it',
  async (_, compile) => {
    const code = compile(ASYNC_GENERATOR);
    const [inDump] = await functionsBelow(code);
    expect(inDump).toEqual(['outermost', 'innermost']);
  },
);

it('what co runs', async () => {
  const held: unknown[] = [];
  const leaf = async (): Promise<void> => {
    await new Promise((resolve) => held.push(resolve));
  };
  const run = co.wrap(function* flow(): Generator<unknown> {
    yield [co(branch), co(branch)];
  });
  function* branch(): Generator<unknown> {
    yield leaf();
  }
  held.push(run());
  await new Promise(setImmediate);
  const [group] = dump()
    .threads.flatMap(({ groups }) => groups)
    .filter(({ stack }) => stack.frames[0]?.functionName === 'flow');
  expect(group?.stack.frames.map(({ functionName }) => functionName)).toEqual([
    'flow',
    'Promise.all',
  ]);
  for (const branch of group?.stack.frames[1]?.branches ?? []) {
    expect(branch.frames.map(({ functionName }) => functionName)).toEqual([
      'branch',
      'leaf',
    ]);
  }
  expect(group?.stack.frames[1]?.branches).toHaveLength(2);
});

it('a generator that nothing runs is no task', async () => {
  function* idle(): Generator<number> {
    yield 1;
  }
  const generator = idle();
  generator.next();
  // Its scope is that of handlers which do not run it.
  const gate = new Promise(() => undefined);
  gate.then(
    () => undefined,
    () => undefined,
  );
  await new Promise(setImmediate);
  expect(stacksWith('idle')).toEqual([]);
  expect(generator.next().done).toBe(true);
});
