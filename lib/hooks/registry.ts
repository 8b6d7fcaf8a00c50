// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ObjectFreeze,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { ownData } from '../base/own.js';
import {
  isAsyncFunction,
  isGeneratorFunction,
  isProxy,
} from '../base/node-types.js';
import { invalidArgument } from '../base/errors.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import type { Resource } from '../model/resource.js';
import { SiteMark } from '../base/capture-schema.js';
import { loadedBinding, tryBinding } from '../engine/binding.js';
import { FunctionRegistry } from './function-registry.js';
import type { KindOf, KindOrFunction } from './kind.js';
import { TypeRegistry } from './type-registry.js';

/** Returned by a hook: nothing more of this frame's inside, or nothing of this resource. */
// eslint-disable-next-line asynctb/primordials -- made when this is loaded
export const PRUNE: unique symbol = Symbol('asynctb.PRUNE');

/** Takes a registration back; what it had replaced counts again. */
export type Unregister = () => void;

export type UnwrapItemHook<Item = unknown> = (item: Item) => unknown;
export type ElaborateFrameHook = (frame: Frame, next: unknown) => unknown;
export type UnwrapResourceHook<Value = unknown> = (
  value: Value,
  resource: Resource,
) => unknown;
export type ElaborateResourceHook<Value = unknown> = (
  value: Value,
  resource: Resource,
) => void;
export type UnwrapGeneratorResourceHook = (
  frame: Frame,
  resource: Resource,
) => unknown;

export interface ItemEntry {
  readonly hook: UnwrapItemHook;
  /** A generator function: what it yields is the answer, not the generator. */
  readonly yields: boolean;
  /** Told of all targets of one call before any of them is unwrapped. */
  readonly together?: (targets: readonly unknown[]) => void;
}

export interface FrameEntry {
  readonly hook: ElaborateFrameHook | null;
  readonly hide: boolean;
  readonly hideLine: boolean;
  readonly prune: boolean;
}

export interface HookEntry<Hook> {
  readonly hook: Hook;
}

/** What was registered from outside goes before the glue that comes with asynctb. */
interface Layers<Entry extends object> {
  readonly outside: TypeRegistry<Entry>;
  readonly builtIn: TypeRegistry<Entry>;
}

function layers<Entry extends object>(): Layers<Entry> {
  return { outside: new TypeRegistry(), builtIn: new TypeRegistry() };
}

export const items = layers<ItemEntry>();
/** The addon is told what is hidden, for dumps, which ask nobody. */
export const frames = new FunctionRegistry<FrameEntry>((functionId, entry) => {
  const marks =
    (entry?.hide === true ? SiteMark.hide : 0) |
    (entry?.hideLine === true ? SiteMark.hideLine : 0);
  loadedBinding()?.markFunction(functionId, marks);
});
export const resourceUnwrappers = layers<HookEntry<UnwrapResourceHook>>();
export const resourceElaborators = layers<HookEntry<ElaborateResourceHook>>();
/** Of which classes any variable is a resource of its frame. */
export const localTypes = new TypeRegistry<object>();
export const generatorResources = new FunctionRegistry<
  HookEntry<UnwrapGeneratorResourceHook>
>();

export function findIn<Entry extends object>(
  { outside, builtIn }: Layers<Entry>,
  value: unknown,
): Entry | null {
  return outside.find(value) ?? builtIn.find(value);
}

/** Once an extraction begins, or others may ask this thread: functions get their ids. */
export function prepareRegistries(): void {
  frames.prepare();
  generatorResources.prepare();
}

export function checkHook(hook: unknown, name = 'hook'): AnyFunction {
  if (typeof hook !== 'function') throw invalidArgument(name, 'a function');
  if (isAsyncFunction(hook)) {
    throw invalidArgument(
      name,
      'a function that answers at once, not an async one',
    );
  }
  return hook as AnyFunction;
}

/** Also true of one that is bound. */
export function isGeneratorHook(hook: AnyFunction): boolean {
  if (isProxy(hook)) return false;
  // Asking what a function is bound to loads the addon: only where its name says that it is.
  const name: unknown = ownData(hook, 'name');
  const target =
    typeof name === 'string' && StringPrototypeStartsWith(name, 'bound ')
      ? (tryBinding()?.unbind(hook) ?? hook)
      : hook;
  return isGeneratorFunction(target);
}

/** What programs register hooks of one kind with: a wrong hook throws before anything is entered. */
function registrar<Hook>(enter: (key: unknown, hook: Hook) => Unregister): {
  readonly register: (key: unknown, hook: unknown) => Unregister;
} {
  return ObjectFreeze({
    register(key: unknown, hook: unknown): Unregister {
      checkHook(hook);
      return enter(key, hook as Hook);
    },
  });
}

export function itemEntry(hook: UnwrapItemHook): ItemEntry {
  return { hook, yields: isGeneratorHook(hook) };
}

/** Turns something met on the way into frames, or into something nearer to them. */
export interface UnwrapItem {
  /**
   * The hook returns undefined (it does not know better), one item, an array, or something to
   * iterate over; a generator function yields. Arrays may have holes.
   */
  register<Item>(kind: KindOf<Item>, hook: UnwrapItemHook<Item>): Unregister;
  register(kind: KindOrFunction, hook: UnwrapItemHook): Unregister;
}

export const unwrapItem: UnwrapItem = registrar<UnwrapItemHook>((kind, hook) =>
  items.outside.register(kind, itemEntry(hook)),
);

/** Adds to the frames of a function, and decides about what is inside of them. */
export interface ElaborateFrame {
  /**
   * `next` is the frame or leaf inside of the frame; undefined: none. The hook returns undefined
   * (go on), `PRUNE`, or what shall replace the rest; an array ending in `next` goes before it.
   */
  register(fn: AnyFunction, hook: ElaborateFrameHook): Unregister;
}

export const elaborateFrame: ElaborateFrame = registrar<ElaborateFrameHook>(
  (fn, hook) =>
    frames.register(fn, { hook, hide: false, hideLine: false, prune: false }),
);

/** Replaces a resource's value by the one that it wraps. */
export interface UnwrapResource {
  /** The hook returns undefined, the inner value, or `PRUNE` to hide the resource. */
  register<Value>(
    kind: KindOf<Value>,
    hook: UnwrapResourceHook<Value>,
  ): Unregister;
  register(kind: KindOrFunction, hook: UnwrapResourceHook): Unregister;
}

export const unwrapResource: UnwrapResource = registrar<UnwrapResourceHook>(
  (kind, hook) => resourceUnwrappers.outside.register(kind, { hook }),
);

/** Adds to a resource: a description, children, what runs inside of it. */
export interface ElaborateResource {
  register<Value>(
    kind: KindOf<Value>,
    hook: ElaborateResourceHook<Value>,
  ): Unregister;
  register(kind: KindOrFunction, hook: ElaborateResourceHook): Unregister;
}

export const elaborateResource: ElaborateResource =
  registrar<ElaborateResourceHook>((kind, hook) =>
    resourceElaborators.outside.register(kind, { hook }),
  );

/** As `unwrapResource`, for resources made of a generator of this function. */
export interface UnwrapGeneratorResource {
  register(fn: AnyFunction, hook: UnwrapGeneratorResourceHook): Unregister;
}

export const unwrapGeneratorResource: UnwrapGeneratorResource =
  registrar<UnwrapGeneratorResourceHook>((fn, hook) =>
    generatorResources.register(fn, { hook }),
  );

/** Makes resources of what frames keep in plain variables: a lock, a transaction, a span. */
export interface LocalResource {
  /**
   * From now on each suspended frame with a variable of this type holds it as a resource. To look
   * for them, V8 parses each function that stands in a stack. An `unwrapResource` hook that
   * answers `PRUNE` says that a frame only knows the value, and does not hold it.
   */
  register(kind: KindOrFunction): Unregister;
}

export const localResource: LocalResource = ObjectFreeze({
  register: (kind: unknown): Unregister => localTypes.register(kind, {}),
});
