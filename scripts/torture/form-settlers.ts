// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Promises that another suspended function will settle, since it holds their `resolve`. */

import { type Awaitable, below, type Builder } from './builder';
import { SETTLED_BY_ONE_OF, type Chain } from './model';
import { mark } from './source-text';

/** `new Promise(async (resolve) => …)`. */
export function asyncExecutor(builder: Builder, depth: number): Awaitable {
  const { random } = builder;
  const inner = builder.awaitable(depth - 1);
  const at = builder.newMark();
  const name = builder.name('work');
  const waits = `${mark(at)}await ${inner.code}`;
  const body = random.pick([
    `resolve(${waits});`,
    `${waits};\nresolve(1);`,
    `try {\n${waits};\nresolve(1);\n} catch (error) {\nreject(error);\n}`,
    `${waits};\nreject(new Error('expected'));`,
    `for (const each of [1, 2]) {\n${waits};\nif (each === 2) resolve(each);\n}`,
  ]);
  const [fn, shownName] = random.pick([
    [`async function ${name}(resolve, reject) {\n${body}\n}`, name],
    [`async (resolve, reject) => {\n${body}\n}`, ''],
  ] as const);
  return {
    code: `new ${random.chance(0.2) ? 'Subclass' : 'Promise'}(${fn})`,
    chain: below(
      { kind: 'async-function', name: shownName, mark: at },
      inner.chain,
    ),
  };
}

/** A deferred that another function was given. */
export function deferred(builder: Builder, depth: number): Awaitable {
  const { random } = builder;
  const isGenerator = random.chance(0.15);
  const [text, chain] = worker(builder, depth, isGenerator);
  return {
    code: `${made(builder)}((made) => ${text}${isGenerator ? '.next()' : ''})`,
    chain,
  };
}

/** Two that could settle it: both are listed. */
export function severalSettlers(builder: Builder, depth: number): Awaitable {
  const [first, firstChain] = worker(builder, depth, false);
  const [second, secondChain] = worker(builder, depth, false);
  return {
    code: `${made(builder)}((made) => {\n${first};\n${second};\n})`,
    chain: {
      frames: [
        {
          kind: 'combinator',
          name: SETTLED_BY_ONE_OF,
          branches: [
            [null, firstChain],
            [null, secondChain],
          ],
        },
      ],
      gate: null,
    },
  };
}

/** Who makes the promise with its functions. */
function made({ random, features }: Builder): string {
  return features.withResolvers && random.chance(0.3)
    ? 'settledByNative'
    : 'settledBy';
}

/** Declares a function that settles `made` later; the call, and where it waits. */
function worker(
  builder: Builder,
  depth: number,
  isGenerator: boolean,
): [call: string, chain: Chain] {
  const inner = builder.awaitable(depth - 1);
  const at = builder.newMark();
  const name = builder.name('worker');
  const waits = `${mark(at)}await ${inner.code}`;
  const [parameter, argument, settle] = builder.random.pick([
    ['made', 'made', 'made.resolve'],
    ['made', 'made', 'made.reject'],
    ['done', 'made.resolve', 'done'],
    ['{ resolve }', 'made', 'resolve'],
    ['job', '{ id: 1, made }', 'job.made.resolve'],
  ] as const);
  const body = builder.random.pick([
    `${settle}(${waits});`,
    `${waits};\n${settle}(1);`,
    `try {\n${waits};\n} finally {\n${settle}(1);\n}`,
    `const value = ${waits};\nif (value) ${settle}(value);`,
  ]);
  const star = isGenerator ? '*' : '';
  builder.declare(`async function${star} ${name}(${parameter}) {\n${body}\n}`);
  return [
    `${name}(${argument})`,
    below(
      {
        kind: isGenerator ? 'async-generator' : 'async-function',
        name,
        mark: at,
      },
      inner.chain,
    ),
  ];
}
