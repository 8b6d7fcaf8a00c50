// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The forms of waiting, each with what must be found of it. */

import { type Awaitable, type Builder, type Features } from './builder';
import {
  asyncFunction,
  asyncGenerator,
  declareLiteral,
  type Literal,
  ofLiteral,
  recursion,
  syncGenerator,
} from './form-functions';
import {
  adopting,
  callback,
  combinator,
  executor,
  returns,
  subclass,
  thenChain,
} from './form-promises';
import { asyncExecutor, deferred, severalSettlers } from './form-settlers';
import type { Random } from './random';

/** How large a program becomes. */
export interface Limits {
  readonly depth: number;
  /** So many functions. */
  functions: number;
}

type Form = (builder: Builder, depth: number) => Awaitable;

/** Each as likely as its number says. */
const FORMS: readonly (readonly [form: Form, weight: number])[] = [
  [asyncFunction, 6],
  [returns, 2],
  [callback, 3],
  [thenChain, 1],
  [combinator, 4],
  [executor, 2],
  [asyncExecutor, 2],
  [deferred, 2],
  [severalSettlers, 1],
  [recursion, 2],
  [adopting, 2],
  [subclass, 2],
  [nextOfGenerator, 2],
];
const WEIGHTED = FORMS.flatMap(([form, weight]) =>
  Array.from({ length: weight }, () => form),
);

export class Forms implements Builder {
  readonly random: Random;
  readonly features: Features;
  readonly #limits: Limits;
  /** The declarations of the program, in their order. */
  readonly declarations: string[] = [];
  readonly gates: string[] = [];
  /** Gates that several may wait for. */
  readonly #sharedGates: string[] = [];
  readonly #shared: Awaitable[] = [];
  readonly #literals: Literal[] = [];
  #marks = 0;
  #names = 0;

  constructor(random: Random, features: Features, limits: Limits) {
    this.random = random;
    this.features = features;
    this.#limits = limits;
  }

  newMark(): number {
    return this.#marks++;
  }

  name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  declare(text: string): void {
    this.declarations.push(text);
  }

  awaitable(depth = this.#limits.depth): Awaitable {
    if (depth <= 0 || this.#limits.functions <= 0) return this.#gate();
    this.#limits.functions--;
    if (this.random.chance(0.08)) return this.#sharedPromise(depth);
    if (this.random.chance(0.08)) return this.#ofLiteral(depth);
    return this.random.pick(WEIGHTED)(this, depth);
  }

  generator(depth: number): Awaitable {
    return asyncGenerator(this, depth);
  }

  /** What begins by itself: a task of the program. */
  task(): Awaitable {
    return asyncFunction(this, this.#limits.depth);
  }

  syncGenerator(depth: number): Awaitable {
    return syncGenerator(this, depth);
  }

  #gate(): Awaitable {
    if (this.random.chance(0.2)) {
      if (this.#sharedGates.length < 2) {
        const name = this.name('sharedGate');
        this.declare(`const ${name} = newGate('${name}');`);
        this.#sharedGates.push(name);
        this.gates.push(name);
      }
      const gate = this.random.pick(this.#sharedGates);
      return { code: gate, chain: { frames: [], gate } };
    }
    const gate = this.name('gate');
    this.gates.push(gate);
    return { code: `newGate('${gate}')`, chain: { frames: [], gate } };
  }

  /** One promise that several wait for. */
  #sharedPromise(depth: number): Awaitable {
    if (this.#shared.length > 0 && this.random.chance(0.6)) {
      return this.random.pick(this.#shared);
    }
    const inner = this.awaitable(depth - 1);
    const name = this.name('shared');
    this.declare(
      `let ${name}Promise;\nfunction ${name}() {\nreturn (${name}Promise ??= ${inner.code});\n}`,
    );
    const shared = { code: `${name}()`, chain: inner.chain };
    this.#shared.push(shared);
    return shared;
  }

  #ofLiteral(depth: number): Awaitable {
    if (this.#literals.length < 2) this.#literals.push(declareLiteral(this));
    return ofLiteral(this, this.random.pick(this.#literals), depth);
  }
}

function nextOfGenerator(builder: Builder, depth: number): Awaitable {
  const inner = builder.generator(depth - 1);
  return { code: `${inner.code}.next()`, chain: inner.chain };
}
