// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for `once` and `on` of node:events: which event of which emitter is waited for. */

import { types } from 'node:util';
import { describeValue } from '../format/describe.js';
import { closureOf, isPlainArray, own } from './closures.js';
import { climb, type Holder } from './holders.js';
import type { Knowledge, PromiseGlue } from './open-ends.js';

const SCRIPT = 'node:events';
/** From a waiting call of `next` to the listener: its entry, the queue's list, the queue. */
const LEVELS_TO_LISTENER = 5;

export const events: PromiseGlue = {
  library: SCRIPT,
  explain(settlers) {
    for (const settler of settlers) {
      if (types.isProxy(settler.value)) continue;
      const known = settler.kind === 'closure' && listenerOf(settler);
      if (known) return known;
      const { value } = settler;
      // `emitter.once(name, resolve)` by hand: Node keeps it in an object of its own.
      const target = own(value, 'target');
      if (typeof target === 'object' && own(value, 'wrapFn') !== undefined) {
        return describe(own(value, 'type'), target);
      }
      // `on`: each waiting call of `next` is an entry of a queue.
      if (isEntry(value)) {
        const found = climb(
          [settler],
          LEVELS_TO_LISTENER,
          isOfQueue,
          listenerOf,
        );
        if (found !== undefined) return found;
      }
    }
    return undefined;
  },
};

function listenerOf({ fn }: Holder): Knowledge | undefined {
  const closure = closureOf(fn);
  if (closure?.script !== SCRIPT) return undefined;
  // `on` of older Nodes calls the name of the event `event`.
  const { emitter, event, name = event, removeAll } = closure.variables;
  if (emitter !== undefined && name !== undefined) {
    return describe(name, emitter);
  }
  // What newer Nodes put around a listener that is called once.
  const { target, type } = closure.variables;
  if (target !== undefined && type !== undefined) return describe(type, target);
  // `on` remembers what it listens to only to take it back.
  const remembered = closureOf(removeAll)?.variables;
  const listeners = remembered?.['listeners'];
  const first = isPlainArray(listeners) ? listeners[0] : undefined;
  return isPlainArray(first) ? describe(first[1], first[0]) : undefined;
}

/** What lies between an entry of a queue and the functions that use the queue. */
function isOfQueue({ value }: Holder): boolean {
  return (
    isPlainArray(value) ||
    own(value, 'list') !== undefined ||
    own(value, 'head') !== undefined
  );
}

function isEntry(value: object): boolean {
  const keys = Reflect.ownKeys(value);
  return (
    keys.length === 2 && keys.includes('resolve') && keys.includes('reject')
  );
}

function describe(event: unknown, emitter: unknown): Knowledge {
  return { note: `event ${describeValue(event)} of ${describeValue(emitter)}` };
}
