// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The forms of waiting, each with what must be found of it. */

import type { Chain, FunctionFrame, ModelFrame } from './model';
import type { Random } from './random';
import { mark } from './source-text';

/** An expression that starts something, evaluated once, and what it then waits for. */
export interface Awaitable {
  readonly code: string;
  readonly chain: Chain;
}

/** How large a program becomes. */
export interface Limits {
  readonly depth: number;
  /** So many functions. */
  functions: number;
}

const KINDS = [
  'asyncFunction',
  'asyncFunction',
  'asyncFunction',
  'returns',
  'callback',
  'callback',
  'combinator',
  'combinator',
  'nextOfGenerator',
  'executor',
  'recursion',
  'shared',
  'adopting',
] as const;

export class Forms {
  readonly #random: Random;
  readonly #limits: Limits;
  /** The declarations of the program, in their order. */
  readonly declarations: string[] = [];
  readonly gates: string[] = [];
  /** Gates that several may wait for. */
  readonly #sharedGates: string[] = [];
  readonly #shared: Awaitable[] = [];
  #marks = 0;
  #names = 0;

  constructor(random: Random, limits: Limits) {
    this.#random = random;
    this.#limits = limits;
  }

  newMark(): number {
    return this.#marks++;
  }

  #name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  /** Something to await that will never settle. Always a native promise. */
  awaitable(depth = this.#limits.depth): Awaitable {
    if (depth <= 0 || this.#limits.functions <= 0) return this.#gate();
    this.#limits.functions--;
    switch (this.#random.pick(KINDS)) {
      case 'asyncFunction':
        return this.asyncFunction(depth);
      case 'returns':
        return this.#returns(depth);
      case 'callback':
        return this.#callback(depth);
      case 'combinator':
        return this.#combinator(depth);
      case 'nextOfGenerator':
        return this.#nextOfGenerator(depth);
      case 'executor':
        return this.#executor(depth);
      case 'recursion':
        return this.#recursion(depth);
      case 'shared':
        return this.#sharedPromise(depth);
      case 'adopting':
        return this.#adopting(depth);
    }
  }

  #gate(): Awaitable {
    if (this.#random.chance(0.2)) {
      if (this.#sharedGates.length < 2) {
        const name = this.#name('sharedGate');
        this.declarations.push(`const ${name} = newGate('${name}');`);
        this.#sharedGates.push(name);
        this.gates.push(name);
      }
      const gate = this.#random.pick(this.#sharedGates);
      return { code: gate, chain: { frames: [], gate } };
    }
    const gate = this.#name('gate');
    this.gates.push(gate);
    return { code: `newGate('${gate}')`, chain: { frames: [], gate } };
  }

  /** A call of an async function that waits in the middle of its body. */
  asyncFunction(depth: number): Awaitable {
    const name = this.#name('fn');
    const [body, chain] = this.#random.chance(0.2)
      ? this.#loopOver(depth - 1)
      : this.#waitsFor(depth - 1);
    const call = this.#declareAsync(name, body);
    const [at, inner] = chain;
    return {
      code: call,
      chain: below({ kind: 'async-function', name, mark: at }, inner),
    };
  }

  /** The same as a task of the program: it begins by itself. */
  task(): Awaitable {
    return this.asyncFunction(this.#limits.depth);
  }

  /** A statement or more, and where it stands while it waits for what. */
  #waitsFor(
    depth: number,
  ): [body: string, chain: [mark: number, inner: Chain]] {
    const at = this.newMark();
    const inner = this.#random.chance(0.15)
      ? this.#thenable(depth)
      : this.awaitable(depth);
    const waits = `${mark(at)}await ${inner.code}`;
    const body = this.#random.pick([
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
    return [body, [at, inner.chain]];
  }

  #loopOver(
    depth: number,
  ): [body: string, chain: [mark: number, inner: Chain]] {
    const at = this.newMark();
    // V8 stands at the variable of a `for await`.
    const head = `for await (const ${mark(at)}each of `;
    if (this.#random.chance(0.25)) {
      const inner = this.awaitable(depth);
      return [
        `${head}[1, ${inner.code}]) {\nkeep.push(each);\n}`,
        [at, inner.chain],
      ];
    }
    const inner = this.#generator(depth);
    return [`${head}${inner.code}) {\nkeep.push(each);\n}`, [at, inner.chain]];
  }

  /** Declares it in one of many ways; the expression that calls it. */
  #declareAsync(name: string, body: string): string {
    const owner = this.#name('Owner');
    const [declaration, call] = this.#random.pick([
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
    this.declarations.push(declaration);
    return call;
  }

  /** It has returned a promise: no frame of it is left. */
  #returns(depth: number): Awaitable {
    const inner = this.awaitable(depth - 1);
    const name = this.#name('returns');
    const body = this.#random.pick([
      `return ${inner.code};`,
      `await null;\nreturn ${inner.code};`,
    ]);
    this.declarations.push(`async function ${name}() {\n${body}\n}`);
    return { code: `${name}()`, chain: inner.chain };
  }

  #callback(depth: number): Awaitable {
    const inner = this.awaitable(depth - 1);
    const at = this.newMark();
    const name = this.#name('callback');
    const [fn, shownName] = this.#random.pick([
      [`function ${name}${mark(at)}(value) {\nreturn value;\n}`, name],
      [`async function ${name}${mark(at)}(value) {\nreturn value;\n}`, name],
      [`${mark(at)}(value) => value`, ''],
      [`${mark(at)}value => value`, ''],
      [`${mark(at)}async () => keep`, ''],
    ] as const);
    const code = this.#random.pick([
      `${inner.code}.then(${fn})`,
      `${inner.code}.then(${fn}, () => 1)`,
      `${inner.code}.then(undefined, ${fn})`,
      `${inner.code}.catch(${fn})`,
      `${inner.code}.finally(${fn})`,
      `${inner.code}.then().then(${fn}).then()`,
    ]);
    return {
      code,
      chain: below(
        { kind: 'callback', name: shownName, mark: at },
        inner.chain,
      ),
    };
  }

  #combinator(depth: number): Awaitable {
    const name = this.#random.pick([
      'all',
      'allSettled',
      'any',
      'race',
    ] as const);
    const isRace = name === 'race';
    const branches: [number | null, Chain][] = [];
    const inputs: string[] = [];
    const count = this.#random.whole(isRace ? 2 : 1, 4);
    for (let index = 0; index < count; index++) {
      // One that has settled is not waited for; a race or `any` would be over.
      const mayBeSettled =
        index > 0 && (name === 'all' || name === 'allSettled');
      if (mayBeSettled && this.#random.chance(0.3)) {
        inputs.push(this.#random.pick(['7', 'Promise.resolve(1)', 'null']));
        continue;
      }
      if (name === 'any' && index > 0 && this.#random.chance(0.2)) {
        inputs.push(`Promise.reject(new Error('expected'))`);
        continue;
      }
      const inner = this.awaitable(depth - 1);
      branches.push([isRace ? null : index, inner.chain]);
      inputs.push(inner.code);
    }
    const list = this.#random.pick([
      `[${inputs.join(', ')}]`,
      `(function* () {\nyield* [${inputs.join(', ')}];\n})()`,
    ]);
    return {
      code: `Promise.${name}(${list})`,
      chain: {
        frames: [{ kind: 'combinator', name: `Promise.${name}`, branches }],
        gate: null,
      },
    };
  }

  #nextOfGenerator(depth: number): Awaitable {
    const inner = this.#generator(depth - 1);
    return { code: `${inner.code}.next()`, chain: inner.chain };
  }

  /** A call of an async generator function; the chain begins with its own frame. */
  #generator(depth: number): Awaitable {
    const name = this.#name('items');
    let at = this.newMark();
    let body: string;
    let inner: Chain;
    if (depth > 0 && this.#random.chance(0.3)) {
      const delegate = this.#generator(depth - 1);
      body = `${mark(at)}yield* ${delegate.code};`;
      inner = delegate.chain;
    } else if (this.#random.chance(0.2)) {
      const awaited = this.awaitable(depth);
      body = `${mark(at)}yield ${awaited.code};`;
      inner = awaited.chain;
    } else {
      [body, [at, inner]] = this.#random.chance(0.2)
        ? this.#loopOver(depth)
        : this.#waitsFor(depth);
    }
    this.declarations.push(
      this.#random.pick([
        `async function* ${name}() {\n${body}\n}`,
        `const ${name} = async function* () {\n${body}\n};`,
        `const { ${name} } = {\nasync *${name}() {\n${body}\n},\n};`,
      ]),
    );
    return {
      code: `${name}()`,
      chain: below({ kind: 'async-generator', name, mark: at }, inner),
    };
  }

  /** `new Promise` and its like: the promise's functions are given to another one. */
  #executor(depth: number): Awaitable {
    const inner = this.awaitable(depth - 1);
    const { code } = inner;
    const at = this.newMark();
    const callback: FunctionFrame = { kind: 'callback', name: '', mark: at };
    const [text, hasCallback] = this.#random.pick([
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
      chain: hasCallback ? below(callback, inner.chain) : inner.chain,
    };
  }

  /** Not a native promise: only to be awaited. */
  #thenable(depth: number): Awaitable {
    const { code, chain } = this.awaitable(depth);
    return {
      code: `{ then(resolve, reject) {\n${code}.then(resolve, reject);\n} }`,
      chain,
    };
  }

  #recursion(depth: number): Awaitable {
    const name = this.#name('recursion');
    const outer = this.newMark();
    const innermost = this.newMark();
    const times = this.#random.whole(1, 5);
    const inner = this.awaitable(depth - 1);
    this.declarations.push(
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

  /** One promise that several wait for. */
  #sharedPromise(depth: number): Awaitable {
    if (this.#shared.length > 0 && this.#random.chance(0.6)) {
      return this.#random.pick(this.#shared);
    }
    const inner = this.awaitable(depth - 1);
    const name = this.#name('shared');
    this.declarations.push(
      `let ${name}Promise;\nfunction ${name}() {\nreturn (${name}Promise ??= ${inner.code});\n}`,
    );
    const shared = { code: `${name}()`, chain: inner.chain };
    this.#shared.push(shared);
    return shared;
  }

  #adopting(depth: number): Awaitable {
    const inner = this.awaitable(depth - 1);
    const { code } = inner;
    const text = this.#random.pick([
      `${code}.then()`,
      `Promise.resolve(${code})`,
      `Promise.resolve().then(() => ${code})`,
      `(async () => ${code})()`,
    ]);
    return { code: text, chain: inner.chain };
  }

  /** A sync generator that was asked for its first value: an expression, and its frames. */
  syncGenerator(depth: number): Awaitable {
    const name = this.#name('values');
    const at = this.newMark();
    const frame: ModelFrame = { kind: 'generator', name, mark: at };
    if (depth > 0 && this.#random.chance(0.7)) {
      const inner = this.syncGenerator(depth - 1);
      this.declarations.push(
        `function* ${name}() {\nconst value = ${mark(at)}yield* ${inner.code};\nreturn value;\n}`,
      );
      return { code: `${name}()`, chain: below(frame, inner.chain) };
    }
    const body = this.#random.pick([
      `const value = ${mark(at)}yield 1;\nkeep.push(value);`,
      `for (const each of [1, 2]) {\n${mark(at)}yield each;\n}`,
      `try {\n${mark(at)}yield 1;\n} finally {\nkeep.length;\n}`,
    ]);
    this.declarations.push(`function* ${name}() {\n${body}\n}`);
    return { code: `${name}()`, chain: { frames: [frame], gate: null } };
  }
}

function below(frame: ModelFrame, inner: Chain): Chain {
  return { frames: [frame, ...inner.frames], gate: inner.gate };
}
