// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for `once` and `on` of node:events: which event of which emitter is waited for. */

import { ArrayPrototypeFilter, SetFrom } from '../base/lists.js';
import {
  ObjectGetPrototypeOf,
  ReflectOwnKeys,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { describeValue } from '../format/describe.js';
import { closureOf, isObject, isPlainArray, own } from './closures.js';
import { climb, type Holder, resolversOf, searchAhead } from './holders.js';
import type { Knowledge, PromiseGlue } from './open-ends.js';

const SCRIPT = 'node:events';
/** From a waiting call of `next` to the listener: its entry, the queue's list, the queue. */
const LEVELS_TO_LISTENER = 5;
/** From a function to the listeners of an event, the store of all events, and the emitter. */
const LEVELS_TO_EMITTER = 3;

export const events: PromiseGlue = {
  library: SCRIPT,
  explain(settlers) {
    for (const settler of settlers) {
      if (isProxy(settler.value)) continue;
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
  // Not of any object that holds the function: an array of a million would have a million keys.
  if (own(value, 'resolve') === undefined || own(value, 'reject') === undefined)
    return false;
  return ReflectOwnKeys(value).length === 2;
}

function describe(event: unknown, emitter: unknown): Knowledge {
  return { note: eventText(event, emitter) };
}

function eventText(event: unknown, emitter: unknown): string {
  return `event ${describeValue(event)} of ${describeValue(emitter)}`;
}

/**
 * The event whose listener is one of these functions, or calls one. Takes a search of its own, once
 * for all promises of a call.
 */
export function eventHandledBy(
  settlers: readonly Holder[],
  promise: object,
): string | undefined {
  const first = ArrayPrototypeFilter(
    settlers,
    ({ kind, value }) => kind !== 'activation' && !isProxy(value),
  );
  if (first.length === 0) return undefined;
  searchAhead(LEVELS_TO_EMITTER);
  const passed = SetFrom<unknown>(resolversOf(promise));
  return climb(
    first,
    LEVELS_TO_EMITTER,
    ({ value }) => isOfEmitter(value, passed),
    (holder) => {
      const found = emitterText(holder, passed);
      SetPrototypeAdd(passed, holder.value);
      return found;
    },
  );
}

/** The store of an emitter's listeners, or the listeners of one event. */
function isOfEmitter(value: object, passed: ReadonlySet<unknown>): boolean {
  if (isProxy(value)) return false;
  if (isPlainArray(value)) return true;
  return ObjectGetPrototypeOf(value) === null && hasListener(value, passed);
}

function hasListener(store: object, passed: ReadonlySet<unknown>): boolean {
  return eventIn(store, passed) !== undefined;
}

function emitterText(
  { value, kind, fn }: Holder,
  passed: ReadonlySet<unknown>,
): string | undefined {
  if (isProxy(value)) return undefined;
  // A listener that is called once: older Nodes keep it in an object, newer ones in a closure.
  const target = own(value, 'target');
  if (isObject(target) && typeof own(value, 'wrapFn') === 'function') {
    return SetPrototypeHas(passed, own(value, 'listener'))
      ? eventText(own(value, 'type'), target)
      : undefined;
  }
  const wrapper = kind === 'closure' ? closureOf(fn) : null;
  if (
    wrapper?.script === SCRIPT &&
    SetPrototypeHas(passed, wrapper.variables['listener'])
  ) {
    const { target: emitter, type } = wrapper.variables;
    return isObject(emitter) ? eventText(type, emitter) : undefined;
  }
  const store = own(value, '_events');
  if (!isObject(store) || !SetPrototypeHas(passed, store)) return undefined;
  const event = eventIn(store, passed);
  return event === undefined ? undefined : eventText(event, value);
}

/** The event whose listeners are on the way that was taken. */
function eventIn(
  store: object,
  passed: ReadonlySet<unknown>,
): string | symbol | undefined {
  if (isProxy(store)) return undefined;
  for (const event of ReflectOwnKeys(store)) {
    const listeners = own(store, event);
    if (!isObject(listeners)) continue;
    if (SetPrototypeHas(passed, listeners)) return event;
    if (!isPlainArray(listeners)) continue;
    for (const listener of listeners)
      if (SetPrototypeHas(passed, listener)) return event;
  }
  return undefined;
}
