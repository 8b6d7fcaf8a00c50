// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for node:stream/promises: which streams have to come to their end. */

import { types } from 'node:util';
import { describeValue } from '../format/describe.js';
import { closureOf } from './closures.js';
import type { PromiseGlue } from './open-ends.js';

const SCRIPTS = new Set([
  'node:stream/promises',
  'node:internal/streams/end-of-stream',
]);

export const streams: PromiseGlue = {
  library: 'node:stream/promises',
  explain(settlers) {
    for (const { kind, fn } of settlers) {
      if (kind !== 'closure') continue;
      const closure = closureOf(fn);
      if (closure === null || !SCRIPTS.has(closure.script)) continue;
      const { stream, streams: all } = closure.variables;
      if (Array.isArray(all) && !types.isProxy(all)) {
        const names = all.map(describeValue).join(' → ');
        return { note: `the end of a pipeline: ${names}` };
      }
      if (stream !== undefined) {
        return { note: `the end of ${describeValue(stream)}` };
      }
    }
    return undefined;
  },
};
