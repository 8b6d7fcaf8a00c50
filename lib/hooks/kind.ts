// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ObjectGetOwnPropertyDescriptor } from '../base/primordials.js';
import {
  isAsyncFunction,
  isGeneratorFunction,
  isProxy,
} from '../base/node-types.js';
import { invalidArgument } from '../base/errors.js';
import { isObject, ownData, ownProperties } from '../base/own.js';

export type Class<Instance = unknown> = abstract new (
  ...args: never[]
) => Instance;
export type Predicate = (value: unknown) => boolean;

/** The instances of a class, or of any function whose `prototype` they inherit from. */
export interface ByClass<Instance = unknown> {
  readonly class: Class<Instance>;
  readonly when?: undefined;
}

/** All of which the predicate says exactly `true`; it is asked about each item. */
export interface ByPredicate<Is extends Predicate = Predicate> {
  readonly when: Is;
  readonly class?: undefined;
}

/** What a hook is for. */
export type Kind = ByClass | ByPredicate;

/**
 * The older form is the function alone: a class if it has a `prototype`, as all have that are written
 * with `class` or `function`, and generators; a predicate if it has none, as arrow functions, methods
 * and bound functions.
 */
export type KindOrFunction = Kind | Class | Predicate;

/** The same where the hook is told what it is given. */
export type KindOf<Item> =
  | ByClass<Item>
  | ByPredicate<(value: unknown) => value is Item>
  | Class<Item>
  | ((value: unknown) => value is Item);

/** What a kind comes down to. */
export type Matcher =
  { readonly prototype: object } | { readonly matches: Predicate };

/** Throws where it is not clear what is meant. */
export function matcherOf(kind: unknown, name = 'type'): Matcher {
  if (typeof kind === 'function') {
    const prototype = prototypeOf(kind);
    return prototype === null ? predicate(kind, name) : { prototype };
  }
  const { class: type, when } = isObject(kind)
    ? ownProperties(kind as Partial<Record<'class' | 'when', unknown>>)
    : {};
  if ((type === undefined) === (when === undefined)) {
    throw invalidArgument(name, 'either { class } or { when }');
  }
  if (when !== undefined) {
    if (typeof when === 'function' && isClass(when)) {
      throw invalidArgument(
        `${name}.when`,
        'a predicate; for the instances of a class say { class }',
      );
    }
    return predicate(when, `${name}.when`);
  }
  const prototype = typeof type === 'function' ? prototypeOf(type) : null;
  if (prototype !== null) return { prototype };
  throw invalidArgument(
    `${name}.class`,
    'a class; for a predicate say { when }',
  );
}

function predicate(matches: unknown, name: string): Matcher {
  if (typeof matches !== 'function' || isProxy(matches)) {
    throw invalidArgument(name, 'a predicate');
  }
  if (isAsyncFunction(matches) || isGeneratorFunction(matches)) {
    throw invalidArgument(
      name,
      'a predicate that answers at once, not an async or generator function',
    );
  }
  return { matches: matches as Predicate };
}

/** Null for what can have no instances. A proxy is asked nothing. */
function prototypeOf(type: object): object | null {
  const prototype = isProxy(type) ? undefined : ownData(type, 'prototype');
  return isObject(prototype) ? prototype : null;
}

/** Written with `class`, or built in: their `prototype` cannot be replaced. */
function isClass(type: object): boolean {
  return (
    prototypeOf(type) !== null &&
    ObjectGetOwnPropertyDescriptor(type, 'prototype')?.writable === false
  );
}
