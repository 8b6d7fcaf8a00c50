// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for `Iterator.prototype.map` and the like: the iterator that such a helper draws from. */

import { types } from 'node:util';
import { ArrayPrototypeSymbolIterator } from '../base/primordials.js';
import { itemEntry, items } from '../hooks/registry.js';
import { tryBinding } from '../native/binding.js';
import { can } from '../native/capabilities.js';

type Method = (...args: unknown[]) => unknown;

const METHODS = ['map', 'filter', 'flatMap', 'take', 'drop'] as const;

/** A helper of each kind, to compare others with; none where the language has no helpers yet. */
let samples: object[] | null = null;

/** What the language itself offers, taken before the program can have changed it much. */
const iterators = Object.getPrototypeOf(
  Object.getPrototypeOf(ArrayPrototypeSymbolIterator([])),
) as Record<string, Method | undefined>;
const methods = METHODS.map((name) => iterators[name]);

export function installIteratorHelpers(): void {
  if (methods.every((method) => method === undefined)) return;
  items.builtIn.register(
    (value: unknown) => isHelper(value),
    itemEntry(unwrapHelper),
  );
}

function helpers(): object[] {
  samples ??= methods.flatMap((method, index) => {
    if (method === undefined) return [];
    const argument = index < 3 ? () => [] : 1;
    return [
      Reflect.apply(method, ArrayPrototypeSymbolIterator([]), [
        argument,
      ]) as object,
    ];
  });
  return samples;
}

function isHelper(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) {
    return false;
  }
  const [sample] = helpers();
  return (
    sample !== undefined &&
    Object.getPrototypeOf(value) === Object.getPrototypeOf(sample)
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
