// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Dumps of what runs generators in the place of async functions, as the real compilers and co do. */

import { transformSync as swc } from '@swc/core';
import co from 'co';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { dump } from '../../lib/index';

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
  [
    'SWC for ES2016',
    () =>
      swc(`function all() {${SOURCE}}`, {
        jsc: { target: 'es2016', parser: { syntax: 'ecmascript' } },
        isModule: false,
      }).code + 'return all();',
  ],
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

it('what TypeScript makes for ES5, which has no generators, as far as its callbacks', async () => {
  const code = typescript(ts.ScriptTarget.ES5);
  const asynchronous = `${code.replace('return held;', 'held.push((async function above() { await held[1]; })()); return held;')}`;
  keep.push((compileFunction(asynchronous) as () => unknown)());
  await new Promise(setImmediate);
  const [stack] = stacksWith('above');
  expect(stack?.map((line) => line.split(' ')[1])).toEqual([
    'above',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
  keep.length = 0;
});

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
