// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ObjectGetOwnPropertyDescriptor,
  ObjectHasOwn,
  ObjectPrototypePropertyIsEnumerable,
} from './primordials.js';

/**
 * A copy of what an object has itself, which inherits nothing: a program may have put `timeoutMs` into
 * `Object.prototype`, and what it left out would seem to be there.
 */
export function ownProperties<Given extends object>(given: Given): Given {
  return { __proto__: null, ...given };
}

/**
 * A property's value if it is a data property of the object itself. The descriptor is asked for
 * `value` as its own: an accessor has none, and `Object.prototype` belongs to the program. What
 * `Error.captureStackTrace` makes looks like data, and runs the program's `Error.prepareStackTrace`: it
 * is the `stack` that is not enumerable.
 */
export function ownData(value: object, key: string | symbol): unknown {
  if (key === 'stack' && !ObjectPrototypePropertyIsEnumerable(value, key))
    return undefined;
  const descriptor = ObjectGetOwnPropertyDescriptor(value, key);
  return descriptor !== undefined && ObjectHasOwn(descriptor, 'value')
    ? descriptor.value
    : undefined;
}

/** What can have properties of its own. */
export function isObject(value: unknown): value is object {
  return (
    (typeof value === 'object' && value !== null) || typeof value === 'function'
  );
}
