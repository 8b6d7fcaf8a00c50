// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Top-level `using`, which only modules have. Only for a V8 with `using` declarations. */

import resources from './held.cjs';
import shared from './module-gate.cjs';

const { held, slow } = resources;
const { waiting, leaving } = shared;

using first = held('first');
await using second = await held('second');
{
  using inner = held('inner');
  await waiting.promise;
}
for await (using each of [held('each')]) await waiting.promise;
await using third = slow('third', leaving.promise);
using fourth = held('fourth');
export const done = fourth.label;
