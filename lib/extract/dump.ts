// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayCopy,
  ArrayPrototypeEvery,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  TypedArrayPrototypeSubarray,
} from '../base/lists.js';
import {
  ArrayIsArray,
  ArrayPrototypeIncludes,
  DatePrototypeToISOString,
  GlobalDate,
  NumberIsInteger,
} from '../base/primordials.js';
import { explainThreads } from '../explain/thread-reasons.js';
import { dumpFromRaw } from '../model/dump-from-raw.js';
import type { Dump } from '../model/dump.js';
import { checkOptions, type Checks, count, flag } from '../base/arguments.js';
import { prepareRegistries } from '../hooks/registry.js';
import { AsynctbError, invalidArgument, outOfRange } from '../base/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { Detail } from '../base/capture-schema.js';
import { loadBinding, tryBinding } from '../engine/binding.js';
import { noteTimerBase } from '../engine/timer-base.js';
import { can, whyNot } from '../engine/capabilities.js';
import { contextKeys, keyLines } from '../engine/context-keys.js';
import type { CapturedThread } from '../model/site.js';
import { childProcesses, describeProcess } from '../engine/process-info.js';
import type { RawError, RawThread } from '../base/capture.js';
import { liveSite, originOf } from '../source-maps/live-sites.js';
import { nodeHost } from '../source-maps/node-host.js';
import { mapSites } from '../source-maps/thread-maps.js';
import { lack } from './degraded.js';
import { framesOutside } from './frames-outside.js';
import { withResources } from '../resources/captured-resources.js';
import { describeScopes } from '../resources/scopes.js';
import {
  absentThread,
  askThreads,
  byId,
  collectThreads,
  collectThreadsLater,
  type Inquiry,
  ownThreadId,
  threadName,
} from '../threads/threads.js';

export interface DumpOptions {
  /** How long a thread may take to begin its answer, in milliseconds. One that has begun is waited for. Default 1,000. */
  timeoutMs?: number | undefined;
  /** Ids of the threads to ask. Default: all. */
  threads?: readonly number[] | undefined;
  /** Read the variables of the caller's own suspended frames; no other thread's. Default false. */
  locals?: boolean | undefined;
  /**
   * Also find what nothing can ever settle. It takes up to ten times as long as without, and changes nothing in
   * the program. Default false.
   */
  stuck?: boolean | undefined;
  /** Find out why tasks wait: `wait` of their stacks. Default true. */
  explain?: boolean | undefined;
  /** Print Node's own frames too. Default false. */
  showInternalFrames?: boolean | undefined;
  /** Print the frames of installed libraries, each run of which is one line otherwise. Default false. */
  showLibraryFrames?: boolean | undefined;
  /**
   * Show at most so many groups of tasks a thread, and say how many more there are. Default: all, up to
   * 50,000 frames of stacks that are longer than 100.
   */
  maxTasks?: number | undefined;
  /**
   * Show what the `AsyncLocalStorage` stores of tasks say under these keys too, as `showContext` does for
   * all dumps.
   */
  context?: readonly string[] | undefined;
}

const DEFAULT_TIMEOUT_MS = 1_000;

const CHECKS: Checks<DumpOptions> = {
  timeoutMs(name, value) {
    if (typeof value !== 'number') {
      throw invalidArgument(name, 'a number of milliseconds');
    }
    if (!(value > 0)) throw outOfRange(`${name} must be more than 0`);
    return value;
  },
  threads(name, value) {
    const isList =
      ArrayIsArray(value) &&
      ArrayPrototypeEvery(value, (id) => NumberIsInteger(id));
    if (!isList) throw invalidArgument(name, 'an array of thread ids');
    return value as number[];
  },
  locals: flag,
  stuck: flag,
  explain: flag,
  showInternalFrames: flag,
  showLibraryFrames: flag,
  maxTasks: count,
  context: contextKeys,
};

/** What the current thread says when nothing native can be read. */
function unsupported(threadId: number): RawThread {
  const { code, message } = lack('native', whyNot('native'));
  return absentThread(threadId, '', 'ok', [{ code, message }]);
}

/** What is asked of a thread besides its stacks. */
function detailsOf({ stuck = false, explain = true }: DumpOptions): number {
  return (stuck ? Detail.stuck : 0) | (explain ? Detail.explain : 0);
}

function captureOwn(options: DumpOptions): CapturedThread {
  if (!can('native') || tryBinding() === null)
    return unsupported(ownThreadId());
  prepareRegistries();
  noteTimerBase();
  const { thread, scopes } = loadBinding().capture(
    (options.locals === true ? Detail.locals : 0) | detailsOf(options),
    contextLines(options),
  );
  const raw: CapturedThread = {
    ...thread,
    makeSite: liveSite,
    originOf: (script, position) =>
      originOf(script, position, () => loadBinding().sourceMapUrl(script)),
  };
  if (scopes === undefined) return raw;
  const locals = ArrayPrototypeMap(scopes, (each) =>
    each === undefined ? undefined : describeScopes(each),
  );
  return { ...raw, locals };
}

/** `entry`: what the program called, to be left out. */
function ownAnswer(
  options: DumpOptions,
  threadId: number,
  entry: AnyFunction,
): RawThread[] {
  const { threads = [threadId] } = options;
  if (!ArrayPrototypeIncludes(threads, threadId)) return [];
  const raw = captureOwn(options);
  const errors = ArrayCopy(raw.errors);
  return [
    {
      ...raw,
      running: withoutOwnFrames(raw.running, entry, errors),
      errors,
      threadId,
      name: threadName(threadId),
    },
  ];
}

function assemble(
  threads: RawThread[],
  time: string,
  options: DumpOptions,
): Dump {
  const mapped = withResources(mapSites(byId(threads), nodeHost));
  const showsAllContext = options.context !== undefined;
  return dumpFromRaw(
    explainThreads(
      ArrayPrototypeMap(mapped, (thread) => ({ ...thread, showsAllContext })),
    ),
    { ...describeProcess(), children: childProcesses() },
    { reason: 'api', time },
    {
      maxTasks: options.maxTasks,
      showInternalFrames: options.showInternalFrames,
      showLibraryFrames: options.showLibraryFrames,
      locals: options.locals,
    },
  );
}

/**
 * The running stack ends with the caller: what asynctb itself does is of no interest. Where it cannot be
 * told which frames those are, none is shown, and `errors` says why.
 */
function withoutOwnFrames(
  running: Int32Array | null,
  entry: AnyFunction,
  errors: RawError[],
): Int32Array | null {
  if (running === null) return running;
  try {
    const outside = framesOutside(entry);
    return outside === 0
      ? null
      : TypedArrayPrototypeSubarray(running, 0, outside);
  } catch (error) {
    if (!(error instanceof AsynctbError)) throw error;
    const { code, message } = error;
    ArrayPrototypePush(errors, { code, message });
    return null;
  }
}

/**
 * Every registered thread, the caller included: what runs there, and every suspended task, equal
 * stacks counted. The threads answer in parallel while the caller waits.
 */
export function dump(given: DumpOptions = {}): Dump {
  const options = checkOptions(given, CHECKS);
  const time = DatePrototypeToISOString(new GlobalDate());
  const threadId = ownThreadId();
  const inquiry = ask(options, threadId);
  const own = ownAnswer(options, threadId, dump);
  return assemble(ArrayConcat(own, collectThreads(inquiry)), time, options);
}

/** Like `dump`, without blocking the own loop while other threads answer. */
export async function dumpAsync(given: DumpOptions = {}): Promise<Dump> {
  const options = checkOptions(given, CHECKS);
  const time = DatePrototypeToISOString(new GlobalDate());
  const threadId = ownThreadId();
  const inquiry = ask(options, threadId);
  const own = ownAnswer(options, threadId, dumpAsync);
  const others = await collectThreadsLater(inquiry);
  return assemble(ArrayConcat(own, others), time, options);
}

function contextLines({ context = [] }: DumpOptions): string {
  return keyLines(context);
}

function ask(options: DumpOptions, threadId: number): Inquiry {
  const { threads, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return askThreads(
    threads,
    timeoutMs,
    threadId,
    detailsOf(options),
    contextLines(options),
  );
}
