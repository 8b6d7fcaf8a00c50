// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { GeneratorPrototypeNext } from '../base/generators.js';
import {
  ArrayConcat,
  ArrayPrototypeFlat,
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSome,
} from '../base/lists.js';
import {
  ArrayPrototypePop,
  GlobalMap,
  MapPrototypeForEach,
  MapPrototypeSet,
} from '../base/primordials.js';
import { isPromise } from '../base/node-types.js';
import { elaborateFrames, unwrapSuspended } from './suspended.js';
import { announce, hasHook } from '../hooks/ask.js';
import { AsynctbError, joinErrors } from '../base/errors.js';
import type { Frame } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { type Assembling, Assembly, type Budget } from './assembly.js';
import { awaiterFrames, ownFrame } from './linked-awaiters.js';
import { maxFramesReached } from './live-stacks.js';
import type { Session } from './session.js';
import { isTouched, wantsHooksItself } from './touched.js';

/** So many walks of the heap for one call are hooks that lead from promise to promise. */
const MOST_WALKS = 100;

/**
 * The stacks of several targets. What they need of the engine is asked for together: one walk of
 * the heap as long as no hook comes up with another promise.
 */
export function assembleAll(
  targets: readonly unknown[],
  session: Session,
  onlyFirst = false,
): Stack[] {
  const work = new Work(session, onlyFirst);
  if (targets.length > 1) announce(targets);
  const results = ArrayPrototypeMap(targets, (target) => work.add(target));
  work.finish();
  return ArrayPrototypeMap(results, ({ stack }) => stack);
}

/** The same for a stack whose frames are known already. */
export function assembleFound(found: Stack, session: Session): Stack {
  const work = new Work(session, false);
  work.assemble(found);
  work.finish();
  return found;
}

interface Result {
  stack: Stack;
}

/** A target that no hook stands for, and where its stack goes. */
interface Plain {
  readonly target: unknown;
  readonly result: Result;
}

/** What waits for the engine. */
interface Job {
  readonly assembling: Assembling;
  readonly item: object;
}

class Work {
  readonly #session: Session;
  readonly #onlyFirst: boolean;
  #plain: Plain[] = [];
  #waiting: Job[] = [];
  readonly #branches: [branch: Stack, of: Frame, budget: Budget][] = [];
  readonly #budgets = new GlobalMap<Stack, Budget>();
  /** What went wrong on the way up. */
  readonly #upward: [result: Result, errors: Error[]][] = [];
  #walks = 0;

  constructor(session: Session, onlyFirst: boolean) {
    this.#session = session;
    this.#onlyFirst = onlyFirst;
  }

  add(target: unknown): Result {
    const result = { stack: new Stack(target) };
    if (!hasHook(target)) {
      ArrayPrototypePush(this.#plain, { target, result });
      return result;
    }
    const budget = this.#budgetFor(result.stack);
    this.#start(
      result.stack,
      budget,
      (assembly) => assembly.addItem(target),
      (first) => this.#above(target, first, result, budget),
    );
    return result;
  }

  assemble(stack: Stack, prefix: readonly Frame[] = []): void {
    this.#again(stack, this.#budgetFor(stack, prefix), prefix);
  }

  /** The async callers of a target whose stack begins with `first`, if they are asked for. */
  #above(
    target: unknown,
    first: unknown,
    result: Result,
    budget: Budget | null = null,
  ): readonly Frame[] {
    const { options, entry } = this.#session;
    if (!options.awaiters) return [];
    const errors: Error[] = [];
    const own = ownFrame(target, first);
    const above = awaiterFrames(target, options, errors, own);
    elaborateFrames(above, options, entry);
    if (errors.length > 0) ArrayPrototypePush(this.#upward, [result, errors]);
    if (budget !== null) budget.left += above.length;
    return above;
  }

  finish(): void {
    for (;;) {
      for (
        let next = ArrayPrototypePop(this.#branches);
        next !== undefined;
        next = ArrayPrototypePop(this.#branches)
      ) {
        this.#addBranch(next[0], next[1], next[2]);
      }
      if (this.#waiting.length === 0 && this.#plain.length === 0) break;
      this.#askEngine();
    }
    // Said on top as well: a cut in some branch is easily overlooked.
    MapPrototypeForEach(this.#budgets, ({ cut }, stack) => {
      if (cut)
        stack.error ??= maxFramesReached(this.#session.options.maxFrames);
    });
    for (const {
      0: { stack },
      1: errors,
    } of this.#upward) {
      stack.error = joinErrors(
        ArrayPrototypeFlat(ArrayConcat(errors, [stack.error ?? []])),
      );
    }
  }

  #addBranch(branch: Stack, { branchesUp }: Frame, budget: Budget): void {
    if (branchesUp) {
      // Who waits stands in it, and what they wait for does not. They are so many and no more.
      const { frames } = branch;
      const own = { left: Infinity, cut: false };
      this.#start(branch, own, (assembly) => assembly.addFrames(frames));
    } else {
      this.#again(branch, budget, []);
    }
  }

  #budgetFor(stack: Stack, prefix: readonly Frame[] = []): Budget {
    const { maxFrames } = this.#session.options;
    const budget = { left: maxFrames + prefix.length, cut: false };
    MapPrototypeSet(this.#budgets, stack, budget);
    return budget;
  }

  /** Runs hooks on a stack as the engine found it. */
  #again(stack: Stack, budget: Budget, prefix: readonly Frame[]): void {
    const { root, leaves, error } = stack;
    const found = new Stack(root, stack.frames, leaves, error);
    this.#start(stack, budget, (assembly) => {
      assembly.addFound(found);
      assembly.addFrames(prefix);
    });
  }

  #start(
    stack: Stack,
    budget: Budget,
    begin: (assembly: Assembly) => void,
    above?: (first: unknown) => readonly Frame[],
  ): void {
    const assembly = new Assembly(stack, this.#session, budget);
    begin(assembly);
    const spawn = (branch: Stack, of: Frame): void => {
      ArrayPrototypePush(this.#branches, [branch, of, budget]);
    };
    const lookAbove = this.#session.options.awaiters ? above : undefined;
    const assembling = assembly.run(spawn, this.#onlyFirst, lookAbove);
    this.#note(assembling, GeneratorPrototypeNext(assembling));
  }

  #note(assembling: Assembling, { done, value }: IteratorResult<object, void>) {
    if (done !== true)
      ArrayPrototypePush(this.#waiting, { assembling, item: value });
  }

  /** One call for all that wait. */
  #askEngine(): void {
    const plain = this.#plain;
    const waiting = this.#waiting;
    this.#plain = [];
    this.#waiting = [];
    const items = ArrayConcat(
      ArrayPrototypeMap(plain, ({ target }) => target),
      ArrayPrototypeMap(waiting, ({ item }) => item),
    );
    const found = this.#unwrap(items);
    ArrayPrototypeForEach(plain, ({ target, result }, index) => {
      const stack = found[index] as Stack;
      result.stack = stack;
      const prefix = this.#above(target, stack.frames[0], result);
      if (isTouched(stack) || ArrayPrototypeSome(prefix, wantsHooksItself)) {
        this.assemble(stack, prefix);
      } else if (prefix.length > 0) {
        stack.frames = ArrayConcat(prefix, stack.frames);
      }
    });
    ArrayPrototypeForEach(waiting, ({ assembling }, index) => {
      const stack = found[plain.length + index] as Stack;
      this.#note(assembling, GeneratorPrototypeNext(assembling, stack));
    });
  }

  #unwrap(items: readonly unknown[]): Stack[] {
    const { options, entry } = this.#session;
    if (ArrayPrototypeSome(items, isPromise) && ++this.#walks > MOST_WALKS) {
      const error = new AsynctbError(
        'ERR_ASYNCTB_UNWRAP_LOOP',
        `hooks led to more promises than ${MOST_WALKS} walks of the heap can follow: the rest is not shown`,
      );
      return ArrayPrototypeMap(
        items,
        (item) => new Stack(item, [], [item], error),
      );
    }
    return unwrapSuspended(items, options, entry);
  }
}
