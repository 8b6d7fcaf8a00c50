// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush, ArrayPrototypeSplice } from '../base/lists.js';
import {
  ArrayPrototypeIndexOf,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeHas,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { invalidArgument } from '../base/errors.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import { loadedBinding, onAnswering, tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { addTo, lastOf } from './type-registry.js';

interface Pending<Entry> {
  readonly fn: AnyFunction;
  readonly entry: Entry;
  remove: () => void;
}

/**
 * Finds what was registered for a function by its source: all closures of one source are one
 * function here, and a bound function is its target. What registers loads nothing: as long as the addon
 * is not in use, ids are asked for when the next extraction begins.
 */
export class FunctionRegistry<Entry extends object> {
  readonly #changed: (functionId: string, entry: Entry | null) => void;
  readonly #byId = new GlobalMap<string, Entry[]>();
  /** Of those without an id: functions that are not JavaScript, and all where nothing is native. */
  readonly #byFunction = new GlobalMap<AnyFunction, Entry[]>();
  #pending: Pending<Entry>[] = [];

  /** `changed` is told what counts for a function with an id from now on; null: nothing. */
  constructor(
    changed: (functionId: string, entry: Entry | null) => void = () => {},
  ) {
    this.#changed = changed;
  }

  get isEmpty(): boolean {
    return (
      MapPrototypeGetSize(this.#byId) === 0 &&
      MapPrototypeGetSize(this.#byFunction) === 0 &&
      this.#pending.length === 0
    );
  }

  /** The function that is returned takes the registration back. */
  register(fn: unknown, entry: Entry): () => void {
    if (typeof fn !== 'function' || isProxy(fn)) {
      throw invalidArgument('fn', 'a function');
    }
    const pending: Pending<Entry> = {
      fn: fn as AnyFunction,
      entry,
      remove: () => {
        const index = ArrayPrototypeIndexOf(this.#pending, pending);
        if (index >= 0) ArrayPrototypeSplice(this.#pending, index, 1);
      },
    };
    ArrayPrototypePush(this.#pending, pending);
    if (loadedBinding()?.isProven() === true) {
      this.prepare();
    } else if (this.#pending.length === 1) {
      onAnswering(() => this.prepare());
    }
    return () => pending.remove();
  }

  /** Gives those their ids that have been registered since the last time. */
  prepare(): void {
    if (this.#pending.length === 0) return;
    const binding = can('native') ? tryBinding() : null;
    for (const pending of this.#pending) {
      const id = binding?.functionId(pending.fn) ?? '';
      pending.remove =
        id === ''
          ? addTo(this.#byFunction, pending.fn, pending.entry)
          : this.#addById(id, pending.entry);
    }
    this.#pending = [];
  }

  #addById(functionId: string, entry: Entry): () => void {
    const remove = addTo(this.#byId, functionId, entry);
    this.#changed(functionId, this.ofId(functionId));
    return () => {
      remove();
      this.#changed(functionId, this.ofId(functionId));
    };
  }

  has(functionId: string): boolean {
    return MapPrototypeHas(this.#byId, functionId);
  }

  ofId(functionId: string): Entry | null {
    return lastOf(MapPrototypeGet(this.#byId, functionId)) ?? null;
  }

  find(frame: Frame): Entry | null {
    const { functionId } = frame.site;
    if (functionId !== '') return this.ofId(functionId);
    if (frame.function === null || MapPrototypeGetSize(this.#byFunction) === 0)
      return null;
    return lastOf(MapPrototypeGet(this.#byFunction, frame.function)) ?? null;
  }
}
