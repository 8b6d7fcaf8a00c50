// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { types } from 'node:util';
import { invalidArgument } from '../model/errors.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import { tryBinding } from '../native/binding.js';
import { can } from '../native/capabilities.js';
import { addTo, lastOf } from './type-registry.js';

interface Pending<Entry> {
  readonly fn: AnyFunction;
  readonly entry: Entry;
  remove: () => void;
}

/**
 * Finds what was registered for a function by its source: all closures of one source are one
 * function here, and a bound function is its target. What registers loads nothing: ids are asked
 * for when the next extraction begins.
 */
export class FunctionRegistry<Entry extends object> {
  readonly #byId = new Map<string, Entry[]>();
  /** Of those without an id: functions that are not JavaScript, and all where nothing is native. */
  readonly #byFunction = new Map<AnyFunction, Entry[]>();
  #pending: Pending<Entry>[] = [];

  get isEmpty(): boolean {
    return (
      this.#byId.size === 0 &&
      this.#byFunction.size === 0 &&
      this.#pending.length === 0
    );
  }

  /** The function that is returned takes the registration back. */
  register(fn: unknown, entry: Entry): () => void {
    if (typeof fn !== 'function' || types.isProxy(fn)) {
      throw invalidArgument('fn', 'a function');
    }
    const pending: Pending<Entry> = {
      fn: fn as AnyFunction,
      entry,
      remove: () => {
        const index = this.#pending.indexOf(pending);
        if (index >= 0) this.#pending.splice(index, 1);
      },
    };
    this.#pending.push(pending);
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
          : addTo(this.#byId, id, pending.entry);
    }
    this.#pending = [];
  }

  has(functionId: string): boolean {
    return this.#byId.has(functionId);
  }

  ofId(functionId: string): Entry | null {
    return lastOf(this.#byId.get(functionId)) ?? null;
  }

  find(frame: Frame): Entry | null {
    const { functionId } = frame.site;
    if (functionId !== '') return this.ofId(functionId);
    if (frame.function === null || this.#byFunction.size === 0) return null;
    return lastOf(this.#byFunction.get(frame.function)) ?? null;
  }
}
