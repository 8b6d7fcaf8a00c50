// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Top-level `using`, which only modules have. Only for a V8 with `using` declarations. */

import resources from './held.cjs';
import { opened } from './module-run.mjs';

const { held, slow } = resources;

using first = held('first');
await using second = await held('second');
{
  using inner = held('inner');
  await opened('in a block');
}
for await (using each of [held('each')]) await opened('in a loop');
await using third = slow('third', opened('on the way out'));
using fourth = held('fourth');
await opened('at the end');
export const label = fourth.label;
