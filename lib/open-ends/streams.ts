// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for node:stream/promises: which streams have to come to their end. */

import { ArrayPrototypeMap, SetFrom } from '../base/lists.js';
import { SetPrototypeHas } from '../base/primordials.js';
import { pipelineText, type Stage } from '../explain/pipelines.js';
import { describeValue } from '../format/describe.js';
import { closureOf, isPlainArray, own } from './closures.js';
import type { PromiseGlue } from './open-ends.js';
import { waitReason } from '../model/wait-reason.js';

const SCRIPTS = SetFrom([
  'node:stream/promises',
  'node:internal/streams/end-of-stream',
]);

const numberIn = (state: unknown, name: string): number | null => {
  const value = own(state, name);
  return typeof value === 'number' ? value : null;
};

function stageOf(stream: unknown): Stage {
  const readable = own(stream, '_readableState');
  const pipes = own(readable, 'pipes');
  return {
    name: describeValue(stream),
    readable: numberIn(readable, 'length'),
    writable: numberIn(own(stream, '_writableState'), 'length'),
    pipes: isPlainArray(pipes) ? pipes.length : null,
  };
}

export const streams: PromiseGlue = {
  library: 'node:stream/promises',
  explain(settlers) {
    for (const { kind, fn } of settlers) {
      if (kind !== 'closure') continue;
      const closure = closureOf(fn);
      if (closure === null || !SetPrototypeHas(SCRIPTS, closure.script))
        continue;
      const { stream, streams: all } = closure.variables;
      if (isPlainArray(all)) {
        const stages = ArrayPrototypeMap(all, stageOf);
        const text = pipelineText({ stages, isWhole: true });
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
