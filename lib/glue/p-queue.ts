// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for p-queue: a call that waits for a slot, and what one that runs is doing. */

import { ArrayPrototypeFind, ArrayPrototypeFlatMap } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import { ArrayPrototypeJoin } from '../base/primordials.js';
import { isPromise } from '../base/node-types.js';
import { describeValue } from '../format/describe.js';
import { closureOf, own } from '../open-ends/closures.js';
import { onlyRejects } from '../open-ends/open-promises.js';
import type { PromiseGlue } from '../open-ends/open-ends.js';
import { waitReason } from '../model/wait-reason.js';

export const pQueue: PromiseGlue = {
  library: 'p-queue',
  explain(settlers, promise) {
    const isCall = (fn: unknown): boolean => {
      const call = closureOf(fn);
      return (
        call !== null &&
        RegExpTest(/p-queue/, call.script) &&
        'function_' in call.variables
      );
    };
    const call = ArrayPrototypeFind(
      settlers,
      (settler) =>
        settler.kind === 'closure' &&
        isCall(settler.fn) &&
        // The listener that aborts a call which runs does no more than that.
        !onlyRejects(settler, promise),
    );
    if (call === undefined) return undefined;
    const running = ArrayPrototypeFind(
      settlers,
      ({ kind, value, fn }) =>
        kind === 'activation' && isPromise(value) && isCall(fn),
    );
    if (running !== undefined) return { items: [running.value] };
    const options = closureOf(call.fn)?.variables['options'];
    const facts = ArrayPrototypeFlatMap(['id', 'priority'] as const, (key) => {
      const value = own(options, key);
      return value === undefined ? [] : [`${key} ${describeValue(value)}`];
    });
    const which =
      facts.length === 0 ? '' : ` (${ArrayPrototypeJoin(facts, ', ')})`;
    return { wait: waitReason('queue', `a slot of PQueue${which}`) };
  },
};
