// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { types } from 'node:util';
import { elaborateFrames, unwrapSuspended } from '../glue/suspended.js';
import { announce, hasHook } from '../hooks/ask.js';
import { frames } from '../hooks/registry.js';
import { AsynctbError, joinErrors } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { type Assembling, Assembly, type Budget } from './assembly.js';
import { awaiterFrames } from './linked-awaiters.js';
import { maxFramesReached } from './live-stacks.js';
import type { Session } from './session.js';
import { hasResourceHooks, isTouched } from './touched.js';

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
  const results = targets.map((target) => work.add(target));
  work.finish();
  return results.map(({ stack }) => stack);
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

/** A target that no hook stands for, the frames that go before it, and where its stack goes. */
interface Plain {
  readonly target: unknown;
  readonly prefix: Frame[];
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
  readonly #branches: [branch: Stack, budget: Budget][] = [];
  readonly #budgets = new Map<Stack, Budget>();
  /** What went wrong on the way up. */
  readonly #upward: [result: Result, errors: Error[]][] = [];
  #walks = 0;

  constructor(session: Session, onlyFirst: boolean) {
    this.#session = session;
    this.#onlyFirst = onlyFirst;
  }

  add(target: unknown): Result {
    const { options, entry } = this.#session;
    const errors: Error[] = [];
    const prefix = options.awaiters
      ? awaiterFrames(target, options, errors)
      : [];
    elaborateFrames(prefix, options, entry);
    const result = { stack: new Stack(target) };
    if (errors.length > 0) this.#upward.push([result, errors]);
    if (hasHook(target)) {
      this.#start(result.stack, this.#budgetFor(result.stack, prefix), (to) => {
        to.addItem(target);
        to.addFrames(prefix);
      });
    } else {
      this.#plain.push({ target, prefix, result });
    }
    return result;
  }

  assemble(stack: Stack, prefix: Frame[] = []): void {
    this.#again(stack, this.#budgetFor(stack, prefix), prefix);
  }

  finish(): void {
    for (;;) {
      for (
        let next = this.#branches.pop();
        next !== undefined;
        next = this.#branches.pop()
      ) {
        this.#again(...next, []);
      }
      if (this.#waiting.length === 0 && this.#plain.length === 0) break;
      this.#askEngine();
    }
    // Said on top as well: a cut in some branch is easily overlooked.
    for (const [stack, { cut }] of this.#budgets) {
      if (cut)
        stack.error ??= maxFramesReached(this.#session.options.maxFrames);
    }
    for (const [{ stack }, errors] of this.#upward) {
      stack.error = joinErrors([...errors, stack.error ?? []].flat());
    }
  }

  #budgetFor(stack: Stack, prefix: readonly Frame[]): Budget {
    const { maxFrames } = this.#session.options;
    const budget = { left: maxFrames + prefix.length, cut: false };
    this.#budgets.set(stack, budget);
    return budget;
  }

  /** Runs hooks on a stack as the engine found it. */
  #again(stack: Stack, budget: Budget, prefix: Frame[]): void {
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
  ): void {
    const assembly = new Assembly(stack, this.#session, budget);
    begin(assembly);
    const spawn = (branch: Stack): void => {
      this.#branches.push([branch, budget]);
    };
    const assembling = assembly.run(spawn, this.#onlyFirst);
    this.#note(assembling, assembling.next());
  }

  #note(assembling: Assembling, { done, value }: IteratorResult<object, void>) {
    if (done !== true)
      this.#waiting.push({ assembling, item: value as object });
  }

  /** One call for all that wait. */
  #askEngine(): void {
    const plain = this.#plain;
    const waiting = this.#waiting;
    this.#plain = [];
    this.#waiting = [];
    const items = [
      ...plain.map(({ target }) => target),
      ...waiting.map(({ item }) => item),
    ];
    const found = this.#unwrap(items);
    plain.forEach(({ prefix, result }, index) => {
      const stack = found[index] as Stack;
      result.stack = stack;
      if (isTouched(stack) || prefix.some(wantsHooksItself)) {
        this.assemble(stack, prefix);
      } else if (prefix.length > 0) {
        stack.frames = [...prefix, ...stack.frames];
      }
    });
    waiting.forEach(({ assembling }, index) => {
      const stack = found[plain.length + index] as Stack;
      this.#note(assembling, assembling.next(stack));
    });
  }

  #unwrap(items: readonly unknown[]): Stack[] {
    const { options, entry } = this.#session;
    if (items.some(types.isPromise) && ++this.#walks > MOST_WALKS) {
      const error = new AsynctbError(
        'ERR_ASYNCTB_UNWRAP_LOOP',
        `hooks led to more promises than ${MOST_WALKS} walks of the heap can follow: the rest is not shown`,
      );
      return items.map((item) => new Stack(item, [], [item], error));
    }
    return unwrapSuspended(items, options, entry);
  }
}

/** A frame that stands before what the engine found. */
function wantsHooksItself(frame: Frame): boolean {
  return (
    frames.find(frame) !== null || (frame.hasResources && hasResourceHooks())
  );
}
