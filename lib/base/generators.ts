// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ObjectGetPrototypeOf,
  SymbolIterator,
  uncurry,
} from './primordials.js';

/** Generators. A loop or `yield*` would look `next` up in their prototype. */

const generatorPrototype = ObjectGetPrototypeOf(
  ObjectGetPrototypeOf((function* () {})()) as object,
) as Generator;
const next = uncurry(generatorPrototype.next) as (
  generator: unknown,
  value?: unknown,
) => IteratorResult<unknown, unknown>;
export const GeneratorPrototypeNext = next as <Item, Return, Next>(
  generator: Generator<Item, Return, Next>,
  ...value: [] | [Next]
) => IteratorResult<Item, Return>;

/** A generator for `yield*`, with methods of its own. */
export function Delegate<Item, Return, Next>(
  generator: Generator<Item, Return, Next>,
): Generator<Item, Return, Next> {
  const delegate = {
    __proto__: null,
    next: (value: unknown) => next(generator, value),
    [SymbolIterator]: () => delegate,
  };
  return delegate as never;
}

/** Visits what a generator yields. */
export function GeneratorForEach<Item>(
  generator: Generator<Item>,
  visit: (item: Item) => void,
): void {
  for (
    let step = GeneratorPrototypeNext(generator);
    step.done !== true;
    step = GeneratorPrototypeNext(generator)
  ) {
    visit(step.value);
  }
}
