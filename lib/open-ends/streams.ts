// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for node:stream/promises: which streams have to come to their end. */

import { ArrayPrototypeMap, SetFrom } from '../base/lists.js';
import {
  ArrayIsArray,
  ArrayPrototypeJoin,
  SetPrototypeHas,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { describeValue } from '../format/describe.js';
import { closureOf } from './closures.js';
import type { PromiseGlue } from './open-ends.js';
import { waitReason } from '../model/wait-reason.js';

const SCRIPTS = SetFrom([
  'node:stream/promises',
  'node:internal/streams/end-of-stream',
]);

export const streams: PromiseGlue = {
  library: 'node:stream/promises',
  explain(settlers) {
    for (const { kind, fn } of settlers) {
      if (kind !== 'closure') continue;
      const closure = closureOf(fn);
      if (closure === null || !SetPrototypeHas(SCRIPTS, closure.script))
        continue;
      const { stream, streams: all } = closure.variables;
      if (ArrayIsArray(all) && !isProxy(all)) {
        const names = ArrayPrototypeJoin(
          ArrayPrototypeMap(all, describeValue),
          ' → ',
        );
        const text = `the end of a pipeline: ${names}`;
        return { wait: waitReason('stream', text) };
      }
      if (stream !== undefined) {
        const text = `the end of ${describeValue(stream)}`;
        return { wait: waitReason('stream', text) };
      }
    }
    return undefined;
  },
};
