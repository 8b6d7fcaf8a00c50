// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for what runs generators in the place of async functions: co, and what compilers make of them. */

import { SetFrom } from '../base/lists.js';
import { SetPrototypeHas } from '../base/primordials.js';
import { isGeneratorObject } from '../base/node-types.js';
import { type Closure, closureOf } from '../open-ends/closures.js';
import type { Holder } from '../open-ends/holders.js';
import type { Knowledge, PromiseGlue } from '../open-ends/open-ends.js';

/**
 * A runner gives the promise that its generator has yielded a handler which goes on with the
 * generator: `handlers` are the names of such handlers, `variable` tells by what they close over
 * where they have the generator.
 */
function explainRunner(
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

const CO_HANDLERS = SetFrom(['onFulfilled', 'onRejected']);

/** co, which runs generators that yield promises. */
export const co: PromiseGlue = {
  library: 'co',
  explain: (settlers) => explainRunner(settlers, CO_HANDLERS, () => 'gen'),
};

const AWAITER_HANDLERS = SetFrom(['fulfilled', 'rejected']);

/** `__awaiter`: what TypeScript and tslib make of async functions for old targets. */
export const typescriptAwaiter: PromiseGlue = {
  library: '__awaiter of TypeScript',
  explain: (settlers) =>
    explainRunner(settlers, AWAITER_HANDLERS, () => 'generator'),
};

const BABEL_HANDLERS = SetFrom(['_next', '_throw']);

/** `_asyncToGenerator`: what Babel and SWC make of async functions for old targets. */
export const asyncToGenerator: PromiseGlue = {
  library: '_asyncToGenerator of Babel and SWC',
  explain: (settlers) =>
    explainRunner(settlers, BABEL_HANDLERS, ({ resolve, reject }) =>
      // Babel 7.25 and later inserts it with short names.
      typeof resolve === 'function' && typeof reject === 'function'
        ? 'gen'
        : 'a',
    ),
};
