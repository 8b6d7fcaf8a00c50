// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ObjectGetPrototypeOf,
  SymbolToStringTag,
} from '../base/primordials.js';
import { ownData } from '../base/own.js';
import { isNativeError, isPromise, isProxy } from '../base/node-types.js';
import { setValueProbe } from './describe.js';

const MAX_PROTOTYPES = 100;

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
