// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Async functions and generators: how they are declared, and where they wait. */

import { type Awaitable, below, type Body, type Builder } from './builder';
import type { Chain, ModelFrame } from './model';
import { mark } from './source-text';

/** A call of an async function that waits in the middle of its body. */
export function asyncFunction(builder: Builder, depth: number): Awaitable {
  const name = builder.name('fn');
  const body = bodyOf(builder, depth - 1);
  const [code, shownName] = declareAsync(builder, name, body.code);
  return {
    code,
    chain: below(
      { kind: 'async-function', name: shownName, mark: body.mark },
      body.inner,
    ),
  };
}

function bodyOf(builder: Builder, depth: number): Body {
  const { random, features } = builder;
  if (random.chance(0.2)) return loopOver(builder, depth);
  if (random.chance(0.06)) return leavesLoop(builder, depth);
  if (features.disposal && random.chance(0.1)) return disposal(builder, depth);
  return waitsFor(builder, depth);
}

function waitsFor(builder: Builder, depth: number): Body {
  const { random } = builder;
  const at = builder.newMark();
  const inner = random.chance(0.15)
    ? thenable(builder, depth)
    : builder.awaitable(depth);
  const waits = `${mark(at)}await ${inner.code}`;
  const code = random.pick([
    `${waits};`,
    `const value = ${waits};\nkeep.push(value);`,
    `return ${waits};`,
    `for (let i = 0; i < 2; i++) {\n${waits};\n}`,
    `try {\n${waits};\n} finally {\nkeep.length;\n}`,
    `try {\nthrow new Error('expected');\n} catch {\n${waits};\n}`,
    `try {\nkeep.length;\n} finally {\n${waits};\n}`,
    `if (${waits}) {\nkeep.push(1);\n}`,
    `const { length } = ${waits};`,
    `const [first = ${waits}] = [];`,
    `keep.push(1, ${waits}, 2);`,
    `switch (keep.length >= 0) {\ncase true:\n${waits};\n}`,
    `await null;\n${waits};`,
    `for (const each of [1, 2]) {\nif (each === 2) ${waits};\n}`,
    `outer: do {\n${waits};\ncontinue outer;\n} while (keep);`,
    `return \`\${${waits}}\`;`,
    `return undefined ?? (${waits});`,
    `return [...[1, 2], (${waits}).length];`,
    `{\nlet local = 1;\nkeep.push(() => local++);\n${waits};\n}`,
  ]);
  return { code, mark: at, inner: inner.chain };
}

function loopOver(builder: Builder, depth: number): Body {
  const { random } = builder;
  const at = builder.newMark();
  // V8 stands at the variable of a `for await`.
  const head = `for await (const ${mark(at)}each of `;
  if (random.chance(0.35)) {
    const inner = builder.awaitable(depth);
    const list = random.pick([
      `[1, ${inner.code}]`,
      `[Promise.resolve(1), ${inner.code}, 2]`,
      `new Set([${inner.code}])`,
      `(function* () {\nyield 1;\nyield ${inner.code};\n})()`,
    ]);
    return {
      code: `${head}${list}) {\nkeep.push(each);\n}`,
      mark: at,
      inner: inner.chain,
    };
  }
  const inner = builder.generator(depth);
  return {
    code: `${head}${inner.code}) {\nkeep.push(each);\n}`,
    mark: at,
    inner: inner.chain,
  };
}

/** A `for await` that was left by `break`: its generator waits in `finally`. */
function leavesLoop(builder: Builder, depth: number): Body {
  const name = builder.name('left');
  const at = builder.newMark();
  const inFinally = builder.newMark();
  const inner = builder.awaitable(depth);
  builder.declare(
    `async function* ${name}() {\ntry {\nfor (;;) yield 1;\n} finally {\n${mark(inFinally)}await ${inner.code};\n}\n}`,
  );
  return {
    code: `for await (const each of ${name}()) {\nkeep.push(each);\n${mark(at)}break;\n}`,
    mark: at,
    inner: below(
      { kind: 'async-generator', name, mark: inFinally },
      inner.chain,
    ),
  };
}

/** In a block with `await using`: in its middle, or at its end, where what it holds is disposed of. */
function disposal(builder: Builder, depth: number): Body {
  const { random } = builder;
  const at = builder.newMark();
  const inner = builder.awaitable(depth);
  const idle = `{ async [Symbol.asyncDispose]() {} }`;
  if (random.chance(0.5)) {
    const waits = `${mark(at)}await ${inner.code};`;
    const code = random.pick([
      `await using held = ${idle};\n${waits}`,
      `{\nawait using held = ${idle};\nusing other = { [Symbol.dispose]() {} };\n${waits}\nkeep.push(held, other);\n}`,
      `for (await using held of [${idle}]) {\n${waits}\n}`,
      `await using held = null;\n${waits}`,
    ]);
    return { code, mark: at, inner: inner.chain };
  }
  const disposes = builder.newMark();
  const slow = `{ async [Symbol.asyncDispose]() {\n${mark(disposes)}await ${inner.code};\n} }`;
  const code = random.pick([
    `await using held = ${slow};\n${mark(at)}return held;`,
    `{\nawait using held = ${slow};\nheld.${mark(at)}toString();\n}`,
    `await using held = ${slow}, other = ${idle};\n${mark(at)}throw other;`,
    `for (const each of [1, 2]) {\nawait using held = ${slow};\n${mark(at)}break;\n}`,
  ]);
  return {
    code,
    mark: at,
    inner: below(
      // Its own name, `[Symbol.asyncDispose]`, is not compared.
      { kind: 'async-function', name: '', mark: disposes },
      inner.chain,
    ),
  };
}

/** Not a promise: only to be awaited. */
function thenable(builder: Builder, depth: number): Awaitable {
  const { code, chain } = builder.awaitable(depth);
  return {
    code: `{ then(resolve, reject) {\n${code}.then(resolve, reject);\n} }`,
    chain,
  };
}

/** Declares it in one of many ways. */
function declareAsync(
  builder: Builder,
  name: string,
  body: string,
): [call: string, shownName: string] {
  const owner = builder.name('Owner');
  const [declaration, call] = builder.random.pick([
    [`async function ${name}() {\n${body}\n}`, `${name}()`],
    [`async function ${name}(a, b = 1, ...rest) {\n${body}\n}`, `${name}(1)`],
    [`const ${name} = async () => {\n${body}\n};`, `${name}()`],
    [`const ${name} = async function () {\n${body}\n};`, `${name}()`],
    [
      `const ${owner} = {\nasync ${name}() {\n${body}\n},\n};`,
      `${owner}.${name}()`,
    ],
    [
      `const ${owner} = {\n${name}: async () => {\n${body}\n},\n};`,
      `${owner}.${name}()`,
    ],
    [
      `class ${owner} {\nasync ${name}() {\n${body}\n}\n}`,
      `new ${owner}().${name}()`,
    ],
    [
      `class ${owner} {\nstatic async ${name}() {\n${body}\n}\n}`,
      `${owner}.${name}()`,
    ],
    [
      `class ${owner} {\n${name} = async () => {\n${body}\n};\n}`,
      `new ${owner}().${name}()`,
    ],
    [
      `class ${owner} {\nasync #${name}() {\n${body}\n}\nstart() {\nreturn this.#${name}();\n}\n}`,
      `new ${owner}().start()`,
    ],
    [
      `const ${owner} = {\nasync ['${name}']() {\n${body}\n},\n};`,
      `${owner}.${name}()`,
    ],
    [`async function ${name}() {\n${body}\n}`, `${name}.call({ name: 1 })`],
    [`async function ${name}() {\n${body}\n}`, `${name}.bind(null, 1)()`],
    [
      `async function ${name}() {\n${body}\n}`,
      `Reflect.apply(${name}, keep, [])`,
    ],
  ] as const);
  builder.declare(declaration);
  return [call, call.endsWith('.start()') ? `#${name}` : name];
}

/** A literal of which several functions are made, each with a name of its own. */
export interface Literal {
  readonly name: string;
  readonly mark: number;
}

/** Declares one: `name(own, start)` is a function named `own`, which awaits what `start` returns. */
export function declareLiteral(builder: Builder): Literal {
  const name = builder.name('literal');
  const at = builder.newMark();
  const body = `\n${mark(at)}await start();\n`;
  builder.declare(
    builder.random.pick([
      `function ${name}(own, start) {\nconst made = async () => {${body}};\nreturn Object.defineProperty(made, 'name', { value: own });\n}`,
      `const ${name} = (own, start) => ({ [own]: async () => {${body}} })[own];`,
      `const ${name} = (own, start) => ({ async [own]() {${body}} })[own];`,
      `function ${name}(own, start) {\nclass Own {\nstatic async [own]() {${body}}\n}\nreturn Own[own];\n}`,
      `function ${name}(own, start) {\nasync function ${name}Inner() {${body}}\nreturn Object.defineProperty(${name}Inner, 'name', { value: own, configurable: true });\n}`,
    ]),
  );
  return { name, mark: at };
}

export function ofLiteral(
  builder: Builder,
  literal: Literal,
  depth: number,
): Awaitable {
  const inner = builder.awaitable(depth - 1);
  const name = builder.name('named');
  return {
    code: `${literal.name}('${name}', () => ${inner.code})()`,
    chain: below(
      { kind: 'async-function', name, mark: literal.mark },
      inner.chain,
    ),
  };
}

export function recursion(builder: Builder, depth: number): Awaitable {
  const name = builder.name('recursion');
  const outer = builder.newMark();
  const innermost = builder.newMark();
  const times = builder.random.whole(1, 5);
  const inner = builder.awaitable(depth - 1);
  builder.declare(
    `async function ${name}(n) {\nif (n > 0) {\n${mark(outer)}await ${name}(n - 1);\n} else {\n${mark(innermost)}await ${inner.code};\n}\n}`,
  );
  let chain = below(
    { kind: 'async-function', name, mark: innermost },
    inner.chain,
  );
  for (let i = 0; i < times; i++) {
    chain = below({ kind: 'async-function', name, mark: outer }, chain);
  }
  return { code: `${name}(${times})`, chain };
}

/** A call of an async generator function; the chain begins with its own frame. */
export function asyncGenerator(builder: Builder, depth: number): Awaitable {
  const { random } = builder;
  const name = builder.name('items');
  const body = generatorBody(builder, depth);
  builder.declare(
    random.pick([
      `async function* ${name}() {\n${body.code}\n}`,
      `const ${name} = async function* () {\n${body.code}\n};`,
      `const { ${name} } = {\nasync *${name}() {\n${body.code}\n},\n};`,
    ]),
  );
  return {
    code: `${name}()`,
    chain: below(
      { kind: 'async-generator', name, mark: body.mark },
      body.inner,
    ),
  };
}

function generatorBody(builder: Builder, depth: number): Body {
  const { random } = builder;
  const at = builder.newMark();
  if (depth > 0 && random.chance(0.3)) {
    const delegate = builder.generator(depth - 1);
    const code = random.pick([
      `${mark(at)}yield* ${delegate.code};`,
      `const value = ${mark(at)}yield* ${delegate.code};\nreturn value;`,
      `try {\n${mark(at)}yield* ${delegate.code};\n} finally {\nkeep.length;\n}`,
    ]);
    return { code, mark: at, inner: delegate.chain };
  }
  if (random.chance(0.3)) {
    const inner = builder.awaitable(depth);
    const code = random.pick([
      `${mark(at)}yield ${inner.code};`,
      `${mark(at)}yield* [${inner.code}];`,
      `${mark(at)}return ${inner.code};`,
    ]);
    return { code, mark: at, inner: inner.chain };
  }
  return bodyOf(builder, depth);
}

/** A sync generator that was asked for its first value: an expression, and its frames. */
export function syncGenerator(builder: Builder, depth: number): Awaitable {
  const { random } = builder;
  const name = builder.name('values');
  const at = builder.newMark();
  const frame: ModelFrame = { kind: 'generator', name, mark: at };
  if (depth > 0 && random.chance(0.7)) {
    const inner = syncGenerator(builder, depth - 1);
    builder.declare(
      `function* ${name}() {\nconst value = ${mark(at)}yield* ${inner.code};\nreturn value;\n}`,
    );
    return { code: `${name}()`, chain: below(frame, inner.chain) };
  }
  const body = random.pick([
    `const value = ${mark(at)}yield 1;\nkeep.push(value);`,
    `for (const each of [1, 2]) {\n${mark(at)}yield each;\n}`,
    `try {\n${mark(at)}yield 1;\n} finally {\nkeep.length;\n}`,
  ]);
  builder.declare(`function* ${name}() {\n${body}\n}`);
  const chain: Chain = { frames: [frame], gate: null };
  return { code: `${name}()`, chain };
}
