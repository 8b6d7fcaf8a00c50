// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for `once` and `on` of node:events: which event of which emitter is waited for. */

import {
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  SetFrom,
  SetValues,
} from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  GlobalSet,
  ObjectGetPrototypeOf,
  ReflectOwnKeys,
  SetPrototypeAdd,
  SetPrototypeGetSize,
  SetPrototypeHas,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { describeValue } from '../format/describe.js';
import { isObject } from '../base/own.js';
import { closureOf, isPlainArray, own } from './closures.js';
import { climb, type Holder } from './holders.js';
import { onlyRejects, resolversHeldBy, searchAhead } from './open-promises.js';
import type { PromiseGlue } from './open-ends.js';
import { waitReason } from '../model/wait-reason.js';

const SCRIPT = 'node:events';
/** From a waiting call of `next` to the listener: its entry, the queue's list, the queue. */
const LEVELS_TO_LISTENER = 5;
/** From a function to the listeners of an event, the store of all events, and the emitter. */
const LEVELS_TO_EMITTER = 3;

export const events: PromiseGlue = {
  library: SCRIPT,
  explain(settlers, promise) {
    const note = eventsOf(
      ArrayPrototypeFilter(
        settlers,
        (settler) => !onlyRejects(settler, promise),
      ),
    );
    return note === undefined ? undefined : { wait: waitReason('event', note) };
  },
};

/** The events that settle a promise by functions and objects of Node's own. */
export function eventsOf(settlers: readonly Holder[]): string | undefined {
  const found = new GlobalSet<string>();
  for (const settler of settlers) {
    if (isProxy(settler.value)) continue;
    const event = eventOf(settler);
    if (event !== undefined) SetPrototypeAdd(found, event);
  }
  return anyOf(found);
}

function anyOf(texts: ReadonlySet<string>): string | undefined {
  return SetPrototypeGetSize(texts) === 0
    ? undefined
    : ArrayPrototypeJoin(SetValues(texts), ' or ');
}

function eventOf(settler: Holder): string | undefined {
  const known = settler.kind === 'closure' ? listenerOf(settler) : undefined;
  if (known !== undefined) return known;
  const { value } = settler;
  // `emitter.once(name, resolve)` by hand: Node keeps it in an object of its own.
  const target = own(value, 'target');
  if (typeof target === 'object' && own(value, 'wrapFn') !== undefined) {
    return eventText(own(value, 'type'), target);
  }
  // `on`: each waiting call of `next` is an entry of a queue.
  return isEntry(value)
    ? climb([settler], LEVELS_TO_LISTENER, isOfQueue, listenerOf)
    : undefined;
}

function listenerOf({ fn }: Holder): string | undefined {
  const closure = closureOf(fn);
  if (closure?.script !== SCRIPT) return undefined;
  // `on` of older Nodes calls the name of the event `event`.
  const { emitter, event, name = event, removeAll } = closure.variables;
  if (emitter !== undefined && name !== undefined) {
    return eventText(name, emitter);
  }
  // What newer Nodes put around a listener that is called once.
  const { target, type } = closure.variables;
  if (target !== undefined && type !== undefined)
    return eventText(type, target);
  // `on` remembers what it listens to only to take it back.
  const remembered = closureOf(removeAll)?.variables;
  const listeners = remembered?.['listeners'];
  const first = isPlainArray(listeners) ? listeners[0] : undefined;
  return isPlainArray(first) ? eventText(first[1], first[0]) : undefined;
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

function eventText(event: unknown, emitter: unknown): string {
  return `event ${describeValue(event)} of ${describeValue(emitter)}`;
}

/**
 * The events whose listeners are some of these functions, or call some. Takes a search of its own, once
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
  const passed = SetFrom<unknown>(resolversHeldBy(first, promise));
  for (const { value } of first) SetPrototypeAdd(passed, value);
  const found = new GlobalSet<string>();
  climb(
    first,
    LEVELS_TO_EMITTER,
    ({ value }) => isOfEmitter(value, passed),
    (holder) => {
      const events = emitterTexts(holder, passed);
      for (const event of events) SetPrototypeAdd(found, event);
      // A closure that only shares the scope of a listener is none of them.
      if (events.length > 0 || isOfEmitter(holder.value, passed))
        SetPrototypeAdd(passed, holder.value);
      return undefined;
    },
  );
  return anyOf(found);
}

/** The store of an emitter's listeners, or the listeners of one event. */
function isOfEmitter(value: object, passed: ReadonlySet<unknown>): boolean {
  if (isProxy(value)) return false;
  if (isPlainArray(value)) return true;
  return ObjectGetPrototypeOf(value) === null && hasListener(value, passed);
}

function hasListener(store: object, passed: ReadonlySet<unknown>): boolean {
  return eventsIn(store, passed).length > 0;
}

function emitterTexts(
  { value, kind, fn }: Holder,
  passed: ReadonlySet<unknown>,
): string[] {
  if (isProxy(value)) return [];
  // A listener that is called once: older Nodes keep it in an object, newer ones in a closure.
  const target = own(value, 'target');
  if (isObject(target) && typeof own(value, 'wrapFn') === 'function') {
    return SetPrototypeHas(passed, own(value, 'listener'))
      ? [eventText(own(value, 'type'), target)]
      : [];
  }
  const wrapper = kind === 'closure' ? closureOf(fn) : null;
  if (
    wrapper?.script === SCRIPT &&
    SetPrototypeHas(passed, wrapper.variables['listener'])
  ) {
    const { target: emitter, type } = wrapper.variables;
    return isObject(emitter) ? [eventText(type, emitter)] : [];
  }
  const store = own(value, '_events');
  if (!isObject(store) || !SetPrototypeHas(passed, store)) return [];
  return ArrayPrototypeMap(eventsIn(store, passed), (event) =>
    eventText(event, value),
  );
}

/** The events whose listeners are on the way that was taken. */
function eventsIn(
  store: object,
  passed: ReadonlySet<unknown>,
): (string | symbol)[] {
  const found: (string | symbol)[] = [];
  if (isProxy(store)) return found;
  for (const event of ReflectOwnKeys(store)) {
    const listeners = own(store, event);
    if (!isObject(listeners)) continue;
    if (
      SetPrototypeHas(passed, listeners) ||
      (isPlainArray(listeners) &&
        ArrayPrototypeSome(listeners, (each) => SetPrototypeHas(passed, each)))
    )
      ArrayPrototypePush(found, event);
  }
  return found;
}
