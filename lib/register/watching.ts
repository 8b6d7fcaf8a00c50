// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { RawThread } from '../base/raw.js';
import { type Binding, loadBinding } from '../engine/binding.js';

/** The part of the addon that `asynctb/register` uses: `native/watching.cc`. */
export interface WatchingBinding {
  /** False when this process has been configured before. */
  configureWatcher(
    formatter: string,
    processJson: string,
    uptimeMs: number,
    directory: string,
    json: boolean,
    mostFiles: number,
    /** Asked at each dump for its command line. */
    process: object,
  ): boolean;
  /** Why it cannot be watched; empty when it is. */
  watchSignal(signal: number): string;
  /** Starts what prints dumps, without a signal. Why it cannot be; empty when it is. Main thread. */
  startWatcher(): string;
  isWatcherStarted(): boolean;
  /** Dumps the current thread whenever its loop stands still for so long; 0: no more. */
  watchLoop(
    threadId: number,
    thresholdMs: number,
    callback: ((thread: RawThread) => void) | undefined,
  ): void;
  /** Prints what the current thread waits for. Why it could not; empty when it did. */
  dumpAtExit(threadId: number, name: string): string;
}

export function loadWatching(): WatchingBinding {
  return loadBinding() as Binding & WatchingBinding;
}
