// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for `Iterator.prototype.map` and the like: the iterator that such a helper draws from. */

import {
  ArrayPrototypeEvery,
  ArrayPrototypeFlatMap,
  ArrayPrototypeMap,
} from '../base/lists.js';
import {
  ArrayPrototypeSymbolIterator,
  ObjectGetPrototypeOf,
  ReflectApply,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { itemEntry, items } from '../hooks/registry.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';

type Method = (...args: unknown[]) => unknown;

const METHODS = ['map', 'filter', 'flatMap', 'take', 'drop'] as const;

/** A helper of each kind, to compare others with; none where the language has no helpers yet. */
let samples: object[] | null = null;

/** What the language itself offers, taken before the program can have changed it much. */
const iterators = ObjectGetPrototypeOf(
  ObjectGetPrototypeOf(ArrayPrototypeSymbolIterator([])),
) as Record<string, Method | undefined>;
const methods = ArrayPrototypeMap(METHODS, (name) => iterators[name]);

export function installIteratorHelpers(): void {
  if (ArrayPrototypeEvery(methods, (method) => method === undefined)) return;
  items.builtIn.register({ when: isHelper }, itemEntry(unwrapHelper));
}

function helpers(): object[] {
  samples ??= ArrayPrototypeFlatMap(methods, (method, index) => {
    if (method === undefined) return [];
    const argument = index < 3 ? () => [] : 1;
    return [
      ReflectApply(method, ArrayPrototypeSymbolIterator([]), [
        argument,
      ]) as object,
    ];
  });
  return samples;
}

function isHelper(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isProxy(value)) {
    return false;
  }
  const { 0: sample } = helpers();
  return (
    sample !== undefined &&
    ObjectGetPrototypeOf(value) === ObjectGetPrototypeOf(sample)
  );
}

function unwrapHelper(helper: unknown): unknown {
  const binding = can('native') ? tryBinding() : null;
  for (const sample of helpers()) {
    const inner = binding?.fieldsLike(helper, sample);
    // Its first field is the iterator; one that is exhausted keeps it.
    if (inner !== undefined) return inner[0];
  }
  return undefined;
}
