// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeFilter,
  ArrayPrototypeFind,
  ArrayPrototypeMap,
  ArrayPrototypePush,
} from '../base/lists.js';
import {
  ArrayIsArray,
  GlobalString,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  SymbolAsyncDispose,
  SymbolDispose,
  WeakMapPrototypeGet,
} from '../base/primordials.js';
import { isProxy, isWeakMap } from '../base/node-types.js';
import { ownData } from '../base/own.js';
import { isPlain } from '../base/plain.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import type { StackEntry } from './stack-children.js';

const MOST_PROTOTYPES = 10;
const CORE_JS = '__core-js_shared__';

/**
 * What a stack of a polyfill holds; null for anything else. Neither library is called: core-js
 * keeps the state of its objects in a WeakMap that a global leads to, `disposablestack` in one
 * that only its functions close over.
 */
export function polyfillEntries(stack: object): StackEntry[] | null {
  try {
    return coreJsEntries(stack) ?? esShimsEntries(stack);
  } catch {
    // Another version, with other insides: then nothing is known.
    return null;
  }
}

/** core-js: `{ type: 'DisposableStack', state, stack: [function] }`. */
function coreJsEntries(stack: object): StackEntry[] | null {
  const shared = data(globalThis, CORE_JS);
  const map = data(shared, 'state');
  if (!isWeakMap(map)) return null;
  const state = WeakMapPrototypeGet(map, stack);
  const type = data(state, 'type');
  if (type !== 'DisposableStack' && type !== 'AsyncDisposableStack')
    return null;
  return ArrayPrototypeMap(
    listOf(data(state, 'stack')),
    (dispose): StackEntry => {
      const common = {
        isAsync: type === 'AsyncDisposableStack',
        isExiting: false,
      };
      const binding = tryBinding();
      const value = binding?.boundThis(dispose);
      const method = value === undefined ? dispose : binding?.unbind(dispose);
      // `use` binds the value's own method to it, `adopt` and `defer` bind nothing to theirs.
      return isDisposeMethod(method, value)
        ? { ...common, how: 'use', value, method }
        : { ...common, ...adoptedOrDeferred(dispose) };
    },
  );
}

/** es-shims: records under the names that the specification gives them. */
function esShimsEntries(stack: object): StackEntry[] | null {
  if (!can('scopes')) return null;
  const slots = esShimsSlots(stack);
  const capability = data(slots, '$[[DisposeCapability]]');
  if (capability === undefined) return null;
  return ArrayPrototypeMap(
    listOf(data(capability, '[[DisposableResourceStack]]')),
    (record): StackEntry => {
      const value = data(record, '[[ResourceValue]]');
      const method = data(record, '[[DisposeMethod]]');
      const isAsync = data(record, '[[Hint]]') === 'ASYNC-DISPOSE';
      const common = { isAsync, isExiting: false };
      return value === undefined
        ? { ...common, ...adoptedOrDeferred(method) }
        : { ...common, how: 'use', value, method };
    },
  );
}

/** The way to them: `use` closes over SLOT, SLOT's functions over a channel, that over a WeakMap. */
function esShimsSlots(stack: object): unknown {
  let prototype: unknown = ObjectGetPrototypeOf(stack);
  for (let hops = 0; hops < MOST_PROTOTYPES && isPlain(prototype); hops++) {
    let owner: unknown = closedOver(data(prototype, 'use'), 'SLOT');
    for (const name of ['channel', '$channelData', '$wm']) {
      if (owner === undefined) break;
      owner = closedOver(data(owner, 'get'), name);
    }
    if (isWeakMap(owner)) return WeakMapPrototypeGet(owner, stack);
    prototype = ObjectGetPrototypeOf(prototype);
  }
  return undefined;
}

/** Both wrap what `adopt` was given into a function of theirs. */
function adoptedOrDeferred(
  method: unknown,
): Pick<StackEntry, 'how' | 'value' | 'method'> {
  const scopes = tryBinding()?.closureScopes(method) ?? [];
  const scope = ArrayPrototypeFind(
    scopes,
    (each) =>
      ObjectHasOwn(each, 'onDispose') || ObjectHasOwn(each, 'onDisposeAsync'),
  );
  if (scope === undefined || !ObjectHasOwn(scope, 'value')) {
    return { how: 'defer', value: undefined, method };
  }
  const { value, onDispose, onDisposeAsync } = scope as Record<string, unknown>;
  return { how: 'adopt', value, method: onDispose ?? onDisposeAsync };
}

/** Whether `use` has found this method on the value; an async stack wraps what is sync. */
function isDisposeMethod(method: unknown, value: unknown): boolean {
  const wrapped = closedOver(method, 'method');
  let object = value;
  for (let hops = 0; hops < MOST_PROTOTYPES && isPlain(object); hops++) {
    for (const key of disposeKeys()) {
      const own = ownData(object, key);
      if (own !== undefined && (own === method || own === wrapped)) return true;
    }
    object = ObjectGetPrototypeOf(object);
  }
  return false;
}

/** Not every Node has them, and a polyfill may have added them since. */
function disposeKeys(): symbol[] {
  const keys: (symbol | undefined)[] = [SymbolAsyncDispose, SymbolDispose];
  return ArrayPrototypeFilter(keys, (key) => key !== undefined);
}

function closedOver(fn: unknown, name: string): unknown {
  if (typeof fn !== 'function' || isProxy(fn)) return undefined;
  for (const scope of tryBinding()?.closureScopes(fn) ?? []) {
    if (ObjectHasOwn(scope, name))
      return (scope as Record<string, unknown>)[name];
  }
  return undefined;
}

function data(object: unknown, key: string): unknown {
  return isPlain(object) ? ownData(object, key) : undefined;
}

function listOf(list: unknown): unknown[] {
  if (!isPlain(list) || !ArrayIsArray(list)) return [];
  const items: unknown[] = [];
  for (let index = 0; index < list.length; index++) {
    const item = ownData(list, GlobalString(index));
    // core-js empties the places of what it has disposed of.
    if (item !== null && item !== undefined) ArrayPrototypePush(items, item);
  }
  return items;
}
