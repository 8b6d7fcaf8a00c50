// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { GeneratorPrototypeNext } from './base/generators.js';
import { ArrayPrototypeSome } from './base/lists.js';
import { StringPrototypeSplit } from './base/patterns.js';
import {
  ArrayPrototypeIncludes,
  ObjectAssign,
  StringPrototypeEndsWith,
} from './base/primordials.js';
import { type DumpFormatName, offerFormats } from './model/formats.js';
import type { Dump, DumpReason } from './model/dump.js';
import { offerAddedRules } from './explain/added-rules.js';
import { explainThreads } from './explain/thread-reasons.js';
import { dumpFromRaw } from './model/dump-from-raw.js';
import type { RawProcess, RawThread } from './base/capture.js';
import { DUMP_FORMATS } from './format/dump-formats.js';
import type { MapHost } from './source-maps/host.js';
import { withResources } from './resources/captured-resources.js';
import { mapSites } from './source-maps/thread-maps.js';
import { tellProxies } from './base/plain.js';

// The watcher thread runs this file in an isolate of its own, in a bare context: the language is
// there, and nothing of Node's. It calls the one function below and writes what `next()` gives.

export interface IsolateOptions {
  format?: DumpFormatName;
  maxTasks?: number;
  asciiOnly?: boolean;
  /** Of `ASYNCTB_SHOW`. */
  shows?: string;
  /** JSON of the rules that programs have added: see `RuleSource`. */
  rules?: string;
  /** Of a process that ends with nothing of its own to wait for, nothing is printed. */
  onlyIfPending?: boolean;
  cwd?: string;
}

export interface IsolateMeta {
  reason: DumpReason;
  time: string;
}

export type IsolateFormat = (
  rawThreads: readonly RawThread[],
  rawProcess: RawProcess,
  meta: IsolateMeta,
  options?: IsolateOptions,
  host?: MapHost,
) => Iterator<string>;

const asynctbFormat: IsolateFormat = (
  rawThreads,
  rawProcess,
  meta,
  options = {},
  host,
) => {
  const {
    format,
    shows = '',
    rules = '[]',
    onlyIfPending,
    ...limits
  } = options;
  offerAddedRules({ rulesVersion: () => 1, rules: () => rules });
  const shown = StringPrototypeSplit(shows, ',');
  const threads = host === undefined ? rawThreads : mapSites(rawThreads, host);
  const dump = dumpFromRaw(
    explainThreads(withResources(threads)),
    rawProcess,
    meta,
    {
      ...limits,
      showInternalFrames: ArrayPrototypeIncludes(shown, 'internal'),
      showLibraryFrames: ArrayPrototypeIncludes(shown, 'library'),
    },
  );
  if (onlyIfPending === true && !hasOwnTask(dump)) return nothing();
  return wholeLines(dump.chunks({ format }));
};

/** Whether some task has a frame of the program's own. */
function hasOwnTask({ threads }: Dump): boolean {
  return ArrayPrototypeSome(threads, ({ groups }) =>
    ArrayPrototypeSome(groups, ({ verdict }) => verdict !== 'library'),
  );
}

function* nothing(): Generator<string> {
  return;
}

/** In a log, and in a file, the last line ends like any other. */
function* wholeLines(chunks: Generator<string>): Generator<string> {
  let last = '';
  for (
    let step = GeneratorPrototypeNext(chunks);
    step.done !== true;
    step = GeneratorPrototypeNext(chunks)
  ) {
    last = step.value;
    yield last;
  }
  if (!StringPrototypeEndsWith(last, '\n')) yield '\n';
}

// All objects here are our own.
tellProxies(() => false);
offerFormats(() => ({ dumpFormats: DUMP_FORMATS }));
ObjectAssign(globalThis, { asynctbFormat });
