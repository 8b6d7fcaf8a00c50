// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { types } from 'node:util';
import { setValueProbe } from './describe.js';

const MAX_PROTOTYPES = 100;

/**
 * A property's value if it is a data property of the object itself. The descriptor is asked for
 * `value` as its own: an accessor has none, and `Object.prototype` belongs to the program.
 */
export function ownData(value: object, key: string | symbol): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  return descriptor !== undefined && Object.hasOwn(descriptor, 'value')
    ? descriptor.value
    : undefined;
}

/**
 * Walks the prototypes only: an object may intercept look-ups of its own properties (the global
 * of a `vm` context asks its sandbox), and its class is no property of its own anyhow.
 */
function className(value: object): string {
  let prototype: unknown = Object.getPrototypeOf(value);
  for (let hops = 0; hops < MAX_PROTOTYPES; hops++) {
    if (
      prototype === null ||
      typeof prototype !== 'object' ||
      types.isProxy(prototype)
    )
      break;
    const constructor: unknown = ownData(prototype, 'constructor');
    if (typeof constructor === 'function' && !types.isProxy(constructor)) {
      const name = ownData(constructor, 'name');
      if (typeof name === 'string' && name !== '') return name;
    }
    // Generators: what stands for their class is not a function, but it carries a tag.
    const tag = ownData(prototype, Symbol.toStringTag);
    if (typeof tag === 'string' && tag !== '') return tag;
    prototype = Object.getPrototypeOf(prototype);
  }
  return 'Object';
}

/** Lets descriptions name the classes of this environment's objects. */
export function useNodeValues(): void {
  setValueProbe({
    isProxy: types.isProxy,
    isPromise: types.isPromise,
    isError: types.isNativeError,
    className,
    ownData,
  });
}
