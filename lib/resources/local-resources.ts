// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayCopy,
  ArrayPrototypeFindIndex,
  ArrayPrototypeSome,
  ArrayPrototypeSplice,
} from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypeReverse,
  GlobalMap,
  MapPrototypeHas,
  MapPrototypeSet,
  ObjectKeys,
} from '../base/primordials.js';
import { isObject } from '../base/own.js';
import { localTypes } from '../hooks/registry.js';
import { Resource } from '../model/resource.js';
import { readVariable } from './scopes.js';
import { readTokens } from './tokens.js';

/** Where a function's text declares a variable; null where it does so twice. */
export type Declarations = ReadonlyMap<string, number | null>;

/**
 * Adds the variables whose values are of a class that was registered as a resource, each value
 * once. What is there already comes from `using`, and knows more. They go between the others by
 * the lines of their declarations, which is the order in which they were taken.
 */
export function addLocalResources(
  found: Resource[],
  scopes: readonly object[],
  lineOf: (name: string) => number | null,
): void {
  for (const scope of ArrayPrototypeReverse(ArrayCopy(scopes))) {
    for (const name of ObjectKeys(scope)) {
      const value = readVariable(scope, name);
      if (!isObject(value) || localTypes.find(value) === null) continue;
      if (ArrayPrototypeSome(found, (resource) => resource.value === value))
        continue;
      const line = lineOf(name);
      const after = ArrayPrototypeFindIndex(
        found,
        ({ lineNumber }) =>
          line !== null && lineNumber !== null && lineNumber > line,
      );
      const resource = new Resource(value, false, name, line);
      ArrayPrototypeSplice(
        found,
        after < 0 ? found.length : after,
        0,
        resource,
      );
    }
  }
}

/** The variables that are declared by themselves: `const lock = …`. */
export function declarationsIn(text: string): Declarations {
  const declared = new GlobalMap<string, number | null>();
  let afterKeyword = false;
  readTokens(text, ({ kind, text: word, start }) => {
    if (afterKeyword && kind === 'word') {
      MapPrototypeSet(
        declared,
        word,
        MapPrototypeHas(declared, word) ? null : start,
      );
    }
    afterKeyword = kind === 'word' && RegExpTest(/^(?:const|let|var)$/, word);
  });
  return declared;
}
