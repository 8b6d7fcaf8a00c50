// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the glue that comes with asynctb knows its libraries by, for that of others. */

import { isPromise } from '../base/node-types.js';
import { currentSession } from './session.js';
import { invalidArgument } from '../base/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { END_LEAF } from '../engine/binding.js';
import { requireNative } from '../engine/capabilities.js';
import { withBounds } from './bounds.js';
import { type Closure, closureOf, isObject } from '../explain/closures.js';
import {
  type Holder,
  holderSamples,
  holdersOf as findHolders,
  noteHolders,
  noteOpenEnd,
  settlersOf as findSettlers,
} from '../explain/holders.js';

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
      1: chains,
      5: found,
      6: holders,
    } = requireNative().extract([promise], 0, 1, holderSamples());
    const { 1: end, 2: leaf, 5: resolvers } = chains[0] ?? [];
    if (end === END_LEAF && leaf === promise) noteOpenEnd(leaf, resolvers);
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
