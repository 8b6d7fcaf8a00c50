// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayCopy } from '../base/lists.js';
import {
  ArrayPrototypeReverse,
  ObjectCreate,
  ObjectKeys,
} from '../base/primordials.js';
import { isObject } from '../base/own.js';
import { describeValue } from '../format/describe.js';
import { Placeholder } from '../model/placeholder.js';

/** One object of plain values: V8 made the scope objects, so no getter of the program can run. */
export function mergeScopes(
  scopes: readonly object[],
): Record<string, unknown> {
  const locals: Record<string, unknown> = ObjectCreate(null) as Record<
    string,
    unknown
  >;
  for (const scope of ArrayPrototypeReverse(ArrayCopy(scopes))) {
    for (const name of ObjectKeys(scope)) {
      locals[name] = readVariable(scope, name);
    }
  }
  return locals;
}

export const UNINITIALIZED = new Placeholder('<uninitialized>');

/** From V8 12 on, what stands for a variable before its declaration has run is a getter that throws. */
export function readVariable(scope: object, name: string): unknown {
  try {
    return (scope as Record<string, unknown>)[name];
  } catch {
    return UNINITIALIZED;
  }
}

/** The same for a dump, which holds nothing of the program: objects become descriptions. */
export function describeScopes(
  scopes: readonly object[],
): Record<string, unknown> {
  const locals = mergeScopes(scopes);
  for (const name of ObjectKeys(locals)) {
    const value = locals[name];
    if (isObject(value)) {
      locals[name] =
        value === UNINITIALIZED ? value : new Placeholder(describeValue(value));
    }
  }
  return locals;
}
