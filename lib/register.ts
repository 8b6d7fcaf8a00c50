// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `node -r asynctb/register`, `node --import asynctb/register`: a dump upon a signal, and when
 * the process ends because a top-level await never settled. Side effects only. Afterwards a
 * native thread sleeps until the signal comes; nothing of it is in JavaScript or in the loop.
 */

import { ArrayPrototypeForEach } from './base/lists.js';
import {
  GlobalError,
  ObjectDefineProperty,
  ObjectHasOwn,
  SymbolFor,
} from './base/primordials.js';
import { environment } from './base/environment.js';
import { nodeProcess, printError } from './base/node-process.js';
import { ownThreadId, registerCurrentThread } from './threads/threads.js';
import { watchThread } from './threads/watchdog.js';
import { offerAllFormats } from './format/offer.js';
import { escapeLines } from './format/text.js';
import { reasonOf } from './base/errors.js';
import { whyNotHere } from './engine/runtime.js';
import { addRulesOfFile } from './register/rules-file.js';
import {
  readSettings,
  type Settings,
  type Signal,
} from './register/settings.js';
import {
  configureWatcher,
  loadWatching,
  type WatchingBinding,
} from './register/watcher.js';

offerAllFormats();

/** The exit code for it; `process.exit(13)` is somebody's own. */
const UNSETTLED_TOP_LEVEL_AWAIT = 13;

function warn(message: string): void {
  nodeProcess.emitWarning(escapeLines(message), 'AsynctbWarning');
}

/** Without `node:worker_threads`: loading it takes longer than all of asynctb. */
function isMainThread(): boolean {
  return ownThreadId() === 0;
}

/** True for the first caller in this thread, be it in another copy of the package. */
function isFirst(): boolean {
  const mark = SymbolFor('asynctb.registered');
  if (ObjectHasOwn(nodeProcess, mark)) return false;
  ObjectDefineProperty(nodeProcess, mark, { value: true });
  return true;
}

function isTakenByReport({ name }: Signal): boolean {
  const { report } = nodeProcess;
  return report?.reportOnSignal === true && report.signal === name;
}

/**
 * Who sends the signal means to look at the program, not to end it, which is what the signal does
 * where nobody handles it. A listener does not keep the program alive, and takes no descriptor.
 */
function answerSignalWith({ name }: Signal, reason: string): void {
  nodeProcess.on(name as NodeJS.Signals, () => {
    printError(`asynctb: no dump: ${reason}`);
  });
}

function watchSignal(binding: WatchingBinding, signal: Signal): void {
  if (isTakenByReport(signal)) {
    warn(
      `--report-on-signal uses ${signal.name}, so it makes no dump; ` +
        'choose another one with ASYNCTB_SIGNAL or --report-signal',
    );
    return;
  }
  const reason = binding.watchSignal(signal.number);
  if (reason === '') return;
  warn(`${signal.name} cannot be watched: ${reason}`);
  answerSignalWith(signal, reason);
}

function dumpAtExit(
  binding: WatchingBinding,
  isDry: boolean,
  exits: Settings['exits'],
): void {
  const reason = binding.dumpAtExit(
    ownThreadId(),
    'main',
    isDry,
    exits !== 'unsettled',
    exits === 'pending',
  );
  if (reason !== '') printError(`asynctb: no dump: ${reason}`);
}

/** Whatever the program ends with, and however. */
function watchExits(
  binding: WatchingBinding,
  exits: 'pending' | 'always',
): void {
  let isDry = false;
  nodeProcess.on('beforeExit', () => {
    isDry = true;
  });
  nodeProcess.once('exit', () => dumpAtExit(binding, isDry, exits));
}

function watchUnsettled(binding: WatchingBinding): void {
  const dump = (code: number): void => {
    // Some Nodes give the listeners 0 and only change `exitCode`.
    if ((nodeProcess.exitCode ?? code) !== UNSETTLED_TOP_LEVEL_AWAIT) return;
    dumpAtExit(binding, true, 'unsettled');
  };
  // Only a loop that has run dry gets here, which is when the await turns out to be unsettled.
  // And this late, since some Nodes find out in an 'exit' listener of their own: ours must follow.
  nodeProcess.once('beforeExit', () => nodeProcess.on('exit', dump));
}

function watch(binding: WatchingBinding, settings: Settings): void {
  registerCurrentThread();
  configureWatcher(binding, settings);
  if (settings.signal !== null) watchSignal(binding, settings.signal);
  if (settings.exits === 'unsettled') watchUnsettled(binding);
  else watchExits(binding, settings.exits);
  if (settings.watchdogMs > 0) watchThread(settings.watchdogMs);
}

function register(settings: Settings, isMain: boolean): void {
  if (!isMain) {
    registerCurrentThread();
    if (settings.keeps) loadWatching().keepPending();
    if (settings.watchdogMs > 0) watchThread(settings.watchdogMs);
    return;
  }
  ArrayPrototypeForEach(settings.complaints, warn);
  const binding = loadWatching();
  const complaint = addRulesOfFile(settings.rules);
  if (complaint !== '') warn(complaint);
  if (settings.keeps) binding.keepPending();
  watch(binding, settings);
}

function registerOnce(): void {
  if (!isFirst()) return;
  const elsewhere = whyNotHere();
  // What loads the addon, if there is one for this runtime: it knows the environment of the first thread.
  const isMain = isMainThread();
  const settings = readSettings(environment());
  try {
    if (elsewhere !== null) throw new GlobalError(elsewhere);
    register(settings, isMain);
  } catch (error) {
    // A program must run as well without its dumps. The main thread says it for the workers.
    if (!isMain) return;
    const reason = reasonOf(error);
    warn(`no dumps: ${reason}`);
    const { signal } = settings;
    if (signal !== null && !isTakenByReport(signal)) {
      answerSignalWith(signal, reason);
    }
  }
}

registerOnce();
