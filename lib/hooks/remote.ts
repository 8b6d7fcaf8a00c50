// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** How hooks lead into other threads, and back from there. */

import {
  GlobalMap,
  JSONStringifyAny,
  MapPrototypeGet,
  ObjectFreeze,
} from '../base/primordials.js';
import { threadIdOf } from '../engine/thread-ids.js';
import { invalidArgument } from '../base/errors.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import { FunctionRegistry } from './function-registry.js';
import { checkHook, type HookEntry, type Unregister } from './registry.js';
import { addTo, lastOf } from './type-registry.js';

/**
 * Stands for something in another thread. What that is, the hook knows that was registered there
 * with `unwrapRemote` under the same name: it is given the detail, as JSON has it.
 */
export class RemoteItem {
  readonly #ours = true;
  /** As it was given. */
  readonly thread: unknown;
  /** -1: a worker that has exited. */
  readonly threadId: number;
  readonly name: string;
  /** As JSON. */
  readonly detail: string;

  /** `thread`: a `Worker`, or the id of a thread. */
  constructor(thread: unknown, name: string, detail: unknown = null) {
    const id = threadIdOf(thread);
    if (id === null) throw invalidArgument('thread', 'a Worker or a thread id');
    if (typeof name !== 'string') throw invalidArgument('name', 'a string');
    const text: unknown = JSONStringifyAny(detail);
    if (typeof text !== 'string') {
      throw invalidArgument('detail', 'something that JSON can express');
    }
    this.thread = thread;
    this.threadId = id;
    this.name = name;
    this.detail = text;
  }

  /** Without running a proxy's traps, which `instanceof` would. */
  static is(value: unknown): value is RemoteItem {
    return (
      typeof value === 'object' &&
      value !== null &&
      #ours in value &&
      value.#ours
    );
  }
}

export type UnwrapRemoteHook = (detail: unknown) => unknown;
export type FindAwaitersHook = (frame: Frame) => unknown;

const remotes = new GlobalMap<string, UnwrapRemoteHook[]>();

export function remoteHook(name: string): UnwrapRemoteHook | undefined {
  return lastOf(MapPrototypeGet(remotes, name));
}

/** Answers for this thread what a `RemoteItem` of another one stands for. */
export interface UnwrapRemote {
  /** The hook returns one item of this thread; undefined: it knows of none. */
  register(name: string, hook: UnwrapRemoteHook): Unregister;
}

export const unwrapRemote: UnwrapRemote = ObjectFreeze({
  register(name: string, hook: UnwrapRemoteHook): Unregister {
    if (typeof name !== 'string') throw invalidArgument('name', 'a string');
    checkHook(hook);
    return addTo(remotes, name, hook);
  },
});

export const awaiterHooks = new FunctionRegistry<HookEntry<FindAwaitersHook>>();

/** Glue that comes with asynctb; it knows its frames by itself. */
export const builtInAwaiterHooks: FindAwaitersHook[] = [];

/** Who waits for what a function does, where no promise says it. */
export interface FindAwaiters {
  /**
   * The hook returns the promise, or the `RemoteItem` of one, whose awaiters wait for the frame,
   * or an array of them; undefined: only those that V8 knows.
   */
  register(fn: AnyFunction, hook: FindAwaitersHook): Unregister;
}

export const findAwaiters: FindAwaiters = ObjectFreeze({
  register(fn: AnyFunction, hook: FindAwaitersHook): Unregister {
    checkHook(hook);
    return awaiterHooks.register(fn, { hook });
  },
});
