// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  SymbolToStringTag,
} from '../base/primordials.js';
import { isNativeError, isPromise, isProxy } from '../base/node-types.js';
import { setValueProbe } from './describe.js';

const MAX_PROTOTYPES = 100;

/**
 * A property's value if it is a data property of the object itself. The descriptor is asked for
 * `value` as its own: an accessor has none, and `Object.prototype` belongs to the program.
 */
export function ownData(value: object, key: string | symbol): unknown {
  const descriptor = ObjectGetOwnPropertyDescriptor(value, key);
  return descriptor !== undefined && ObjectHasOwn(descriptor, 'value')
    ? descriptor.value
    : undefined;
}

/**
 * Walks the prototypes only: an object may intercept look-ups of its own properties (the global
 * of a `vm` context asks its sandbox), and its class is no property of its own anyhow.
 */
function className(value: object): string {
  let prototype: unknown = ObjectGetPrototypeOf(value);
  for (let hops = 0; hops < MAX_PROTOTYPES; hops++) {
    if (
      prototype === null ||
      typeof prototype !== 'object' ||
      isProxy(prototype)
    )
      break;
    const constructor: unknown = ownData(prototype, 'constructor');
    if (typeof constructor === 'function' && !isProxy(constructor)) {
      const name = ownData(constructor, 'name');
      if (typeof name === 'string' && name !== '') return name;
    }
    // Generators: what stands for their class is not a function, but it carries a tag.
    const tag = ownData(prototype, SymbolToStringTag);
    if (typeof tag === 'string' && tag !== '') return tag;
    prototype = ObjectGetPrototypeOf(prototype);
  }
  return 'Object';
}

/** Lets descriptions name the classes of this environment's objects. */
export function useNodeValues(): void {
  setValueProbe({
    isProxy: isProxy,
    isPromise: isPromise,
    isError: isNativeError,
    className,
    ownData,
  });
}
