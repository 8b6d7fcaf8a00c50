// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { GeneratorPrototypeNext } from '../base/generators.js';
import { ArrayPrototypePush } from '../base/lists.js';
import { ArrayPrototypeJoin } from '../base/primordials.js';

/** Each chunk becomes one write: fewer calls than lines, and never the whole text at once. */
const CHUNK_CHARACTERS = 32_768;

/** Joins small pieces to chunks; a piece is never split, so a chunk may be longer. */
export function* batch(pieces: Generator<string>): Generator<string> {
  let parts: string[] = [];
  let length = 0;
  for (
    let step = GeneratorPrototypeNext(pieces);
    step.done !== true;
    step = GeneratorPrototypeNext(pieces)
  ) {
    ArrayPrototypePush(parts, step.value);
    length += step.value.length;
    if (length >= CHUNK_CHARACTERS) {
      yield ArrayPrototypeJoin(parts, '');
      parts = [];
      length = 0;
    }
  }
  if (length > 0) yield ArrayPrototypeJoin(parts, '');
}
