// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Single facts; and what the glue that comes with asynctb knows its libraries by, for that of others. */

import { ArrayPrototypeAt, ArrayPrototypeMap } from '../base/lists.js';
import { invalidArgument } from '../base/errors.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import { ChainEnd, TargetType } from '../base/capture-schema.js';
import { requireNative } from '../engine/capabilities.js';
import { directAwaiters } from './awaiters.js';
import { unwrapSuspended } from './suspended.js';
import { resolveOptions } from '../base/options.js';
import { currentSession, withBounds } from './session.js';
import { isPromise } from '../base/node-types.js';
import { isObject } from '../base/own.js';
import { type Closure, closureOf } from '../open-ends/closures.js';
import {
  type Holder,
  holderSamples,
  holdersOf as findHolders,
  noteHolders,
} from '../open-ends/holders.js';
import {
  noteOpenEnd,
  settlersOf as findSettlers,
} from '../open-ends/open-promises.js';

export interface GeneratorInfo {
  kind: 'generator' | 'async-generator';
  /** Its own frame; null when it has finished. */
  frame: Frame | null;
}

/** One generator or async generator by itself, without what it delegates to. */
export function inspectGenerator(
  generator: object,
  options?: { locals?: boolean },
): GeneratorInfo {
  const type = requireNative().classify(generator);
  if (type !== TargetType.generator && type !== TargetType.asyncGenerator) {
    throw invalidArgument('generator', 'a generator or an async generator');
  }
  const resolved = { ...resolveOptions(options), maxFrames: 1 };
  const { 0: stack } = unwrapSuspended([generator], resolved, inspectGenerator);
  return {
    kind: type === TargetType.generator ? 'generator' : 'async-generator',
    frame: stack?.frames[0] ?? null,
  };
}

export interface PromiseReaction {
  /** The frame that continues once the promise has settled. */
  frame: Frame;
  /** What is settled by it in turn: a promise, or an async generator. */
  target: object | null;
}

/**
 * Who waits for a pending promise directly, oldest first; empty when it has settled. At most
 * `maxFrames` of them, 10,000 unless said otherwise: a promise may have millions.
 */
export function promiseReactions(
  promise: Promise<unknown>,
  options?: { maxFrames?: number | undefined },
): PromiseReaction[] {
  const { maxFrames } = resolveOptions(options);
  const type = requireNative().classify(promise);
  if (
    type !== TargetType.pendingPromise &&
    type !== TargetType.settledPromise
  ) {
    throw invalidArgument('promise', 'a native promise');
  }
  const { awaiters } = directAwaiters(
    promise,
    { locals: false, resources: false },
    { skip: 0, limit: maxFrames },
  );
  return ArrayPrototypeMap(awaiters, ({ frame, inner, root }) => ({
    frame: ArrayPrototypeAt(inner, -1) ?? frame,
    target: root,
  }));
}

/**
 * Equal for all closures of one source, and for a function bound to one of them; '' for what was
 * not written in JavaScript. Good within one process.
 */
export function functionId(fn: AnyFunction): string {
  if (typeof fn !== 'function') throw invalidArgument('fn', 'a function');
  return requireNative().functionId(fn);
}

export interface WalkMeasure {
  heapObjects: number;
  milliseconds: number;
}

/** Visits every object of the heap by V8's own iterator and does nothing: to compare dumps with. */
export function walkHeap(): WalkMeasure {
  const { heapObjects, milliseconds } = requireNative().walkOnly();
  return { heapObjects, milliseconds };
}

export type { Closure, Holder };

/**
 * Who holds the functions that settle a promise: where the frames of a stack end, what is waited
 * for. Empty for a promise of which the engine knows what settles it, and for one of V8's own. In a
 * hook it is empty for a promise at which no stack ends, and one walk of the heap answers for all.
 */
export function settlersOf(promise: Promise<unknown>): readonly Holder[] {
  if (!isPromise(promise)) {
    throw invalidArgument('promise', 'a native promise');
  }
  requireNative();
  return withBounds(findSettlersNow, promise);
}

function findSettlersNow(promise: Promise<unknown>): readonly Holder[] {
  if (currentSession() === null) {
    const {
      chains,
      resolvers: found,
      holders,
    } = requireNative().extract([promise], 0, 1, holderSamples());
    if (chains.end[0] === ChainEnd.leaf && chains.leaf[0] === promise)
      noteOpenEnd(promise, chains.resolvers[0]);
    noteHolders(found, holders);
  }
  return findSettlers(promise);
}

/** What refers to an object. Walks the heap; a hook's extraction has so many walks and no more. */
export function holdersOf(value: object): readonly Holder[] {
  if (!isObject(value)) throw invalidArgument('value', 'an object');
  requireNative();
  return withBounds(findHolders, value);
}

/**
 * What can be read of a function without calling it, of a bound one what it is bound to. Null for
 * one that was not written in JavaScript, and where the engine cannot tell.
 */
export function functionDetails(fn: AnyFunction): Closure | null {
  if (typeof fn !== 'function') throw invalidArgument('fn', 'a function');
  return withBounds(copyOfClosure, fn);
}

function copyOfClosure(fn: AnyFunction): Closure | null {
  const closure = closureOf(fn);
  return closure && { ...closure, variables: { ...closure.variables } };
}
