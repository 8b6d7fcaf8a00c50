// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { JSONStringify } from '../base/json.js';
import { ArrayPrototypeJoin } from '../base/primordials.js';
import { join } from 'node:path';
import { nodeProcess } from '../base/node-process.js';
import { packageRoot } from '../engine/find-binary.js';
import { describeProcess } from '../engine/process-info.js';
import type { Settings } from './settings.js';
import type { RawThread } from '../base/capture.js';
import { type Binding, loadBinding } from '../engine/binding.js';
import { noteTimerBase } from '../engine/timer-base.js';

/** The part of the addon that `asynctb/register` uses: `native/binding/watching.cc`. */
export interface WatchingBinding {
  /** False when this process has been configured before. */
  configureWatcher(
    formatter: string,
    processJson: string,
    uptimeMs: number,
    directory: string,
    format: string,
    extension: string,
    mostFiles: number,
    /** Asked at each dump for its command line. */
    process: object,
    /** What is shown besides the program's own frames, with commas. */
    shows: string,
  ): boolean;
  /** Why it cannot be watched; empty when it is. */
  watchSignal(signal: number): string;
  /** Starts what prints dumps, without a signal. Why it cannot be; empty when it is. Main thread. */
  startWatcher(): string;
  isWatcherStarted(): boolean;
  /** From now on dumps tell what nothing can ever settle. */
  findStuck(): void;
  /** From now on the pending promises of the current thread are kept alive, until it ends. */
  keepPending(): void;
  /** Dumps the current thread whenever its loop stands still for so long; 0: no more. */
  watchLoop(
    threadId: number,
    thresholdMs: number,
    callback: ((thread: RawThread) => void) | undefined,
  ): void;
  /**
   * Prints what the current thread waits for. Why it could not; empty when it did, or when nothing was to be
   * printed. `isDry`: the process ends as nothing is left to do. `isBrief`: within two seconds.
   */
  dumpAtExit(
    threadId: number,
    name: string,
    isDry: boolean,
    isBrief: boolean,
    onlyIfPending: boolean,
  ): string;
}

export function loadWatching(): WatchingBinding {
  return loadBinding() as Binding & WatchingBinding;
}

/** Main thread. How dumps that nobody's JavaScript prints are printed; what was said first counts. */
export function configureWatcher(
  binding: WatchingBinding,
  settings: Settings,
): void {
  noteTimerBase();
  if (settings.stuck) binding.findStuck();
  // On Node 18 the first `require` of fs brings streams along, so not before it is needed.
  const { readFileSync } = require('node:fs') as typeof import('node:fs');
  const info = describeProcess();
  binding.configureWatcher(
    // Now, while it is the file that belongs to this code: a deployment may replace it.
    readFileSync(join(packageRoot(), 'dist', 'isolate-formatter.js'), 'utf8'),
    JSONStringify(info),
    info.uptimeMs,
    settings.directory,
    settings.format.name,
    settings.format.extension,
    settings.mostFiles,
    nodeProcess,
    ArrayPrototypeJoin(settings.shows, ','),
  );
}
