// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  DatePrototypeToISOString,
  GlobalDate,
  GlobalSymbol,
  MathMin,
  MathRound,
  ObjectDefineProperty,
  SymbolFor,
} from '../base/primordials.js';
import { environment } from '../base/environment.js';
import { checkOptions } from '../base/arguments.js';
import { ownData } from '../base/own.js';
import { dumpFromRaw } from '../model/dump-from-raw.js';
import type { Dump } from '../model/dump.js';
import { AsynctbError, invalidArgument, outOfRange } from '../base/errors.js';
import { requireNative } from '../engine/capabilities.js';
import { describeProcess } from '../engine/process-info.js';
import type { RawThread } from '../base/capture.js';
import { explainThreads } from '../explain/thread-reasons.js';
import { nodeHost } from '../source-maps/node-host.js';
import { mapSites } from '../source-maps/thread-maps.js';
import { readSettings } from '../register/settings.js';
import {
  configureWatcher,
  loadWatching,
  type WatchingBinding,
} from '../register/watcher.js';
import { ownThreadId, registerCurrentThread } from './threads.js';

export interface WatchdogOptions {
  /** How long the event loop may stand still before the thread is dumped, in milliseconds. */
  thresholdMs: number;
  /**
   * Is given the dump as well, by the same thread, once its loop turns again. A thread that never
   * gets there calls nothing, but its dump is printed.
   */
  onBlocked?: ((dump: Dump) => void) | undefined;
}

/** Where the types of the runtime know no `Symbol.dispose`, a watchdog has no such method either. */
export type DisposeKey = SymbolConstructor extends {
  readonly dispose: infer Key;
}
  ? Key & symbol
  : never;

/** What `watchdog` started. `using dog = watchdog(…)` ends it with the block. */
export interface Watchdog extends Readonly<Record<DisposeKey, () => void>> {
  /** Ends it; once more does nothing. */
  stop(): void;
}

const MOST_MS = 0x7fff_ffff;

/**
 * Watches the current thread: when its event loop has not turned for so long, a native thread dumps
 * it where `asynctb/register` would print a dump by signal, at most once a minute.
 */
export function watchdog(options: WatchdogOptions): Watchdog {
  const { thresholdMs, onBlocked } = checkOptions(options, {});
  if (typeof thresholdMs !== 'number') {
    throw invalidArgument('options.thresholdMs', 'a number of milliseconds');
  }
  if (!(thresholdMs >= 1)) {
    throw outOfRange('options.thresholdMs must be at least 1');
  }
  if (onBlocked !== undefined && typeof onBlocked !== 'function') {
    throw invalidArgument('options.onBlocked', 'a function');
  }
  requireNative();
  return watchThread(MathMin(MathRound(thresholdMs), MOST_MS), onBlocked);
}

/** The same with arguments that are known to be good. */
export function watchThread(
  thresholdMs: number,
  onBlocked?: (dump: Dump) => void,
): Watchdog {
  const binding = loadWatching();
  const id = ownThreadId();
  registerCurrentThread();
  if (!binding.isWatcherStarted()) startWatcher(binding, id);
  const deliver = (raw: RawThread): void => {
    onBlocked?.(
      dumpFromRaw(
        explainThreads(mapSites([raw], nodeHost)),
        describeProcess(),
        {
          reason: 'watchdog',
          time: DatePrototypeToISOString(new GlobalDate()),
        },
      ),
    );
  };
  binding.watchLoop(id, thresholdMs, onBlocked && deliver);
  const started = stoppable(() => binding.watchLoop(id, 0, undefined));
  latest = started;
  return started;
}

/** Of this thread, which has one: another one takes its place, and the older one then stops nothing. */
let latest: Watchdog | null = null;

function stoppable(end: () => void): Watchdog {
  const stop = (): void => {
    if (latest !== started) return;
    latest = null;
    end();
  };
  const started = ObjectDefineProperty({ stop }, disposeKey(), {
    value: stop,
    configurable: true,
    writable: true,
  }) as Watchdog;
  return started;
}

/**
 * As it is now: a polyfill may have come after asynctb. Where there is none, it is what compiled
 * `using` declarations look for instead.
 */
function disposeKey(): symbol {
  const key = ownData(GlobalSymbol, 'dispose');
  return typeof key === 'symbol' ? key : SymbolFor('Symbol.dispose');
}

/** What prints the dumps can only be started from the main thread. */
function startWatcher(binding: WatchingBinding, id: number): void {
  if (id !== 0) {
    throw new AsynctbError(
      'ERR_ASYNCTB_UNSUPPORTED',
      'a worker can be watched once the main thread has loaded asynctb/register or called watchdog()',
    );
  }
  configureWatcher(binding, readSettings(environment()));
  const reason = binding.startWatcher();
  if (reason !== '') {
    throw new AsynctbError(
      'ERR_ASYNCTB_UNSUPPORTED',
      `no dump could be printed: ${reason}`,
    );
  }
}
