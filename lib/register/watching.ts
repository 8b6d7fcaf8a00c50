// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { type Binding, loadBinding } from '../native/binding.js';

/** The part of the addon that `asynctb/register` uses: `native/watching.cc`. */
export interface WatchingBinding {
  /** False when this process has been configured before. */
  configureWatcher(
    formatter: string,
    processJson: string,
    uptimeMs: number,
    directory: string,
    json: boolean,
  ): boolean;
  /** Why it cannot be watched; empty when it is. */
  watchSignal(signal: number): string;
  /** Prints what the current thread waits for. Why it could not; empty when it did. */
  dumpAtExit(threadId: number, name: string): string;
}

export function loadWatching(): WatchingBinding {
  return loadBinding() as Binding & WatchingBinding;
}
