// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What stands between functions: callbacks, combinators, and promises that hand on another one. */

import { type Awaitable, below, type Builder } from './builder';
import type { Chain, FunctionFrame } from './model';
import { mark } from './source-text';

/** An async function that has returned a promise: no frame of it is left. */
export function returns(builder: Builder, depth: number): Awaitable {
  const inner = builder.awaitable(depth - 1);
  const name = builder.name('returns');
  const body = builder.random.pick([
    `return ${inner.code};`,
    `await null;\nreturn ${inner.code};`,
  ]);
  builder.declare(`async function ${name}() {\n${body}\n}`);
  return { code: `${name}()`, chain: inner.chain };
}

export function callback(builder: Builder, depth: number): Awaitable {
  const { random } = builder;
  const inner = builder.awaitable(depth - 1);
  const at = builder.newMark();
  const name = builder.name('callback');
  const [fn, shownName] = random.pick([
    [`function ${name}${mark(at)}(value) {\nreturn value;\n}`, name],
    [`async function ${name}${mark(at)}(value) {\nreturn value;\n}`, name],
    [`${mark(at)}(value) => value`, ''],
    [`${mark(at)}value => value`, ''],
    [`${mark(at)}async () => keep`, ''],
  ] as const);
  const code = random.pick([
    `${inner.code}.then(${fn})`,
    `${inner.code}.then(${fn}, () => 1)`,
    `${inner.code}.then(undefined, ${fn})`,
    `${inner.code}.catch(${fn})`,
    `${inner.code}.finally(${fn})`,
    `${inner.code}.then().then(${fn}).then()`,
  ]);
  return {
    code,
    chain: below({ kind: 'callback', name: shownName, mark: at }, inner.chain),
  };
}

/** Several of them, one after the other. */
export function thenChain(builder: Builder, depth: number): Awaitable {
  const inner = builder.awaitable(depth - 1);
  let { code, chain } = inner;
  const count = builder.random.whole(2, 4);
  for (let i = 0; i < count; i++) {
    const at = builder.newMark();
    const name = builder.name('step');
    const method = builder.random.pick(['then', 'catch', 'finally'] as const);
    code = `${code}\n.${method}(function ${name}${mark(at)}(value) {\nreturn value;\n})`;
    chain = below({ kind: 'callback', name, mark: at }, chain);
  }
  return { code, chain };
}

export function combinator(builder: Builder, depth: number): Awaitable {
  const { random } = builder;
  const name = random.pick(['all', 'allSettled', 'any', 'race'] as const);
  const isRace = name === 'race';
  const branches: [number | null, Chain][] = [];
  const inputs: string[] = [];
  const count = random.whole(isRace ? 2 : 1, 4);
  for (let index = 0; index < count; index++) {
    // One that has settled is not waited for; a race or `any` would be over.
    const mayBeSettled = index > 0 && (name === 'all' || name === 'allSettled');
    if (mayBeSettled && random.chance(0.3)) {
      inputs.push(random.pick(['7', 'Promise.resolve(1)', 'null']));
      continue;
    }
    if (name === 'any' && index > 0 && random.chance(0.2)) {
      inputs.push(`Promise.reject(new Error('expected'))`);
      continue;
    }
    const inner = builder.awaitable(depth - 1);
    branches.push([isRace ? null : index, inner.chain]);
    inputs.push(inner.code);
  }
  const list = random.pick([
    `[${inputs.join(', ')}]`,
    `(function* () {\nyield* [${inputs.join(', ')}];\n})()`,
  ]);
  const type = random.chance(0.15) ? 'Subclass' : 'Promise';
  return {
    code: `${type}.${name}(${list})`,
    chain: {
      frames: [{ kind: 'combinator', name: `Promise.${name}`, branches }],
      gate: null,
    },
  };
}

/** `new Promise` and its like: the promise's functions are given to another one. */
export function executor(builder: Builder, depth: number): Awaitable {
  const inner = builder.awaitable(depth - 1);
  const { code } = inner;
  const at = builder.newMark();
  const frame: FunctionFrame = { kind: 'callback', name: '', mark: at };
  const [text, hasCallback] = builder.random.pick([
    [
      `new Promise((resolve, reject) => {\n${code}.then(resolve, reject);\n})`,
      false,
    ],
    [`new Promise((resolve) => {\n${code}.then(resolve);\n})`, false],
    [`new Promise((resolve) => {\nresolve(${code});\n})`, false],
    [`deferred((resolve, reject) => ${code}.then(resolve, reject))`, false],
    [
      `new Promise((resolve, reject) => {\n${code}.then(${mark(at)}(value) => resolve(value), reject);\n})`,
      true,
    ],
  ] as const);
  return {
    code: text,
    chain: hasCallback ? below(frame, inner.chain) : inner.chain,
  };
}

export function adopting(builder: Builder, depth: number): Awaitable {
  const { random, features } = builder;
  const inner = builder.awaitable(depth - 1);
  const { code } = inner;
  const text = random.pick([
    `${code}.then()`,
    `Promise.resolve(${code})`,
    `Promise.resolve().then(() => ${code})`,
    `(async () => ${code})()`,
    ...(features.promiseTry
      ? [
          `Promise.try(() => ${code})`,
          `Promise.try((value) => value, ${code})`,
          `Promise.try(async () => ${code})`,
        ]
      : []),
  ]);
  return { code: text, chain: inner.chain };
}

/** A promise of a class that the program derives from Promise. */
export function subclass(builder: Builder, depth: number): Awaitable {
  const inner = builder.awaitable(depth - 1);
  const { code } = inner;
  const at = builder.newMark();
  const [text, hasCallback] = builder.random.pick([
    [`Subclass.resolve(${code})`, false],
    [`new Subclass((resolve) => {\nresolve(${code});\n})`, false],
    [
      `new Subclass((resolve, reject) => {\n${code}.then(resolve, reject);\n})`,
      false,
    ],
    [`Subclass.resolve(${code}).then(${mark(at)}(value) => value)`, true],
    [`Subclass.resolve(${code}).then()`, false],
    [`Subclass.resolve().then(() => ${code})`, false],
  ] as const);
  const frame: FunctionFrame = { kind: 'callback', name: '', mark: at };
  return {
    code: text,
    chain: hasCallback ? below(frame, inner.chain) : inner.chain,
  };
}
