// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What runners of generators have in common: co, and what compilers make of async functions. */

import { SetPrototypeHas } from '../base/primordials.js';
import { isGeneratorObject } from '../base/node-types.js';
import { type Closure, closureOf } from '../explain/closures.js';
import type { Holder } from '../explain/holders.js';
import type { Knowledge } from '../explain/open-ends.js';

/**
 * A runner gives the promise that its generator has yielded a handler which goes on with the
 * generator: `handlers` are the names of such handlers, `variable` tells by what they close over
 * where they have the generator.
 */
export function explainRunner(
  settlers: readonly Holder[],
  handlers: ReadonlySet<string>,
  variable: (variables: Closure['variables']) => string,
): Knowledge | undefined {
  for (const { kind, value, fn } of settlers) {
    if (kind !== 'reaction') continue;
    const handler = closureOf(fn);
    if (handler === null || !SetPrototypeHas(handlers, handler.name)) continue;
    const generator = handler.variables[variable(handler.variables)];
    // Compiled for an old target there is no generator, but what it waits for is known all the same.
    return {
      items: isGeneratorObject(generator) ? [generator, value] : [value],
    };
  }
  return undefined;
}
