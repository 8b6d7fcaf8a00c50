// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Delegate } from './base/generators.js';
import { ObjectAssign } from './base/primordials.js';
import { offerFormats } from './model/formats.js';
import type { DumpReason } from './model/dump.js';
import { dumpFromRaw } from './model/dump-from-raw.js';
import type { RawProcess, RawThread } from './base/capture.js';
import { dumpJsonChunks } from './format/dump-json.js';
import { formatDumpChunks } from './format/dump-text.js';
import type { MapHost } from './source-maps/host.js';
import { mapSites } from './source-maps/thread-maps.js';

// The watcher thread runs this file in an isolate of its own, in a bare context: the language is
// there, and nothing of Node's. It calls the one function below and writes what `next()` gives.

export interface IsolateOptions {
  json?: boolean;
  maxTasks?: number;
  asciiOnly?: boolean;
  showInternalFrames?: boolean;
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
  const { json, ...limits } = options;
  const threads = host === undefined ? rawThreads : mapSites(rawThreads, host);
  const dump = dumpFromRaw(threads, rawProcess, meta, limits);
  return json === true
    ? jsonLine(dump.chunks({ format: 'json' }))
    : dump.chunks();
};

/** In a log, one dump is one line; in a file, the last line ends like any other. */
function* jsonLine(chunks: Generator<string>): Generator<string> {
  yield* Delegate(chunks);
  yield '\n';
}

const FORMATS = { dumpText: formatDumpChunks, dumpJsonText: dumpJsonChunks };

offerFormats(() => FORMATS);
ObjectAssign(globalThis, { asynctbFormat });
