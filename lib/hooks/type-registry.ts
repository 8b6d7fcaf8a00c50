// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush, ArrayPrototypeSplice } from '../base/lists.js';
import {
  ArrayPrototypeIndexOf,
  GlobalMap,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { prototypesOf } from '../base/prototypes.js';
import { matcherOf, type Predicate } from './kind.js';
import { warnOnce } from './warn.js';

interface Test<Entry> {
  readonly matches: Predicate;
  readonly entry: Entry;
}

/**
 * Finds what was registered for the class of a value: the class nearest to it, and where no class
 * matches, the predicate that was registered last. Predicates apart, finding runs no code of the
 * program: it walks the prototypes, and a proxy matches nothing.
 */
export class TypeRegistry<Entry extends object> {
  /** By the prototype object; the last one counts, earlier ones come back when it is taken away. */
  readonly #classes = new GlobalMap<object, Entry[]>();
  readonly #predicates: Test<Entry>[] = [];

  get isEmpty(): boolean {
    return (
      MapPrototypeGetSize(this.#classes) === 0 && this.#predicates.length === 0
    );
  }

  get hasPredicates(): boolean {
    return this.#predicates.length > 0;
  }

  /** The function that is returned takes the registration back. */
  register(kind: unknown, entry: Entry): () => void {
    const matcher = matcherOf(kind);
    if ('prototype' in matcher) {
      return addTo(this.#classes, matcher.prototype, entry);
    }
    const test: Test<Entry> = { matches: matcher.matches, entry };
    ArrayPrototypePush(this.#predicates, test);
    return () => removeFrom(this.#predicates, test);
  }

  find(value: unknown): Entry | null {
    if (isProxy(value)) return null;
    return this.#findByClass(value) ?? this.#findByPredicate(value);
  }

  #findByClass(value: unknown): Entry | null {
    if (MapPrototypeGetSize(this.#classes) === 0) return null;
    for (const prototype of prototypesOf(value)) {
      const entry = lastOf(MapPrototypeGet(this.#classes, prototype));
      if (entry !== undefined) return entry;
    }
    return null;
  }

  #findByPredicate(value: unknown): Entry | null {
    for (let index = this.#predicates.length - 1; index >= 0; index--) {
      const test = this.#predicates[index] as Test<Entry>;
      try {
        if (test.matches(value) === true) return test.entry;
      } catch (error) {
        warnOnce(test.matches, 'a predicate given to register()', error);
      }
    }
    return null;
  }
}

export function lastOf<Entry>(list: readonly Entry[] = []): Entry | undefined {
  return list[list.length - 1];
}

/** Appends to the list of a key; the function that is returned takes it out again. */
export function addTo<Key, Entry>(
  map: Map<Key, Entry[]>,
  key: Key,
  entry: Entry,
): () => void {
  const list = MapPrototypeGet(map, key) ?? [];
  ArrayPrototypePush(list, entry);
  MapPrototypeSet(map, key, list);
  return () => {
    removeFrom(list, entry);
    if (list.length === 0 && MapPrototypeGet(map, key) === list)
      MapPrototypeDelete(map, key);
  };
}

function removeFrom<Entry>(list: Entry[], entry: Entry): void {
  const index = ArrayPrototypeIndexOf(list, entry);
  if (index >= 0) ArrayPrototypeSplice(list, index, 1);
}
