// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  MapFrom,
  MapPrototypeValues,
  SetFrom,
  SetValues,
} from '../base/lists.js';
import {
  ArrayPrototypeIncludes,
  ArrayPrototypeSort,
  GlobalPromise,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  MathCeil,
  MathMin,
} from '../base/primordials.js';
import { checkOptions, text } from '../base/arguments.js';
import { outOfRange } from '../base/errors.js';
import { ThreadState } from '../base/capture-schema.js';
import {
  beginAnswering,
  type AskedThreads,
  loadBinding,
  tryBinding,
} from '../engine/binding.js';
import { can, requireNative } from '../engine/capabilities.js';
import { Detail } from '../base/capture-schema.js';
import { emptyTable, type RawThread } from '../base/capture.js';
import { openQuestions } from './questions.js';
import { startedWorkers, watchWorkers } from './workers.js';

export interface RegisterOptions {
  /** What dumps call the thread. Default: `main`, or `worker` and its id. */
  name?: string | undefined;
}

/**
 * The main thread's is known without asking Node: loading a module of Node's runs code that the
 * program may have patched.
 */
export function ownThreadId(): number {
  if (tryBinding()?.isFirstThread() === true) return 0;
  const { threadId } =
    require('node:worker_threads') as typeof import('node:worker_threads');
  return threadId;
}

/** From now on the current thread answers the dumps of others. `asynctb/register` does this too. */
export function registerThread(options: RegisterOptions = {}): void {
  const { name } = checkOptions(options, { name: text });
  requireNative();
  registerCurrentThread(name);
}

export function registerCurrentThread(name?: string): void {
  const binding = loadBinding();
  const id = ownThreadId();
  const { state } = binding.threadState(id);
  const isNew = state !== ThreadState.registered;
  binding.registerThread(id, name ?? (isNew ? defaultName(id) : ''));
  beginAnswering();
  if (isNew) openQuestions(id);
  watchWorkers();
}

function defaultName(threadId: number): string {
  return threadId === 0 ? 'main' : `worker ${threadId}`;
}

/** The name that the current thread is registered by, or would be. */
export function threadName(threadId: number): string {
  const known = tryBinding()?.threadState(threadId);
  return known?.state === ThreadState.registered
    ? known.name
    : defaultName(threadId);
}

/** A thread of which there is nothing but this to say. */
export function absentThread(
  threadId: number,
  name: string,
  status: RawThread['status'],
  errors: RawThread['errors'],
): RawThread {
  return {
    threadId,
    name,
    status,
    activity: status === 'ok' ? 'running' : null,
    running: null,
    sites: emptyTable('site'),
    held: undefined,
    sourceMaps: [],
    nodes: emptyTable('node'),
    branches: emptyTable('branch'),
    groups: emptyTable('group'),
    sampleNodes: emptyTable('sampleNode'),
    openRequests: emptyTable('openRequest'),
    activeResources: emptyTable('activeResource'),
    tasks: emptyTable('task'),
    contextEntries: emptyTable('contextEntry'),
    taskCount: 0,
    evidence: undefined,
    changes: undefined,
    stats: {
      heapObjects: 0,
      activations: 0,
      promises: 0,
      pauseMs: 0,
      waitMs: 0,
    },
    errors,
  };
}

/** What was asked of the other threads, and what is known of some without asking. */
export interface Inquiry {
  readonly asked: AskedThreads | null;
  readonly known: readonly RawThread[];
  /** The ids that somebody wants to know of; null for all that there are. */
  readonly wanted: readonly number[] | null;
}

/** Begins to ask; throws for an id that no thread has had. `threads`: undefined for all. */
export function askThreads(
  threads: readonly number[] | undefined,
  timeoutMs: number,
  ownId: number,
  details: number,
  contextLines = '',
): Inquiry {
  const others =
    threads === undefined
      ? undefined
      : ArrayPrototypeFilter(threads, (id) => id !== ownId);
  if (!can('native') || tryBinding() === null) {
    return {
      asked: null,
      known: ArrayPrototypeMap(others ?? [], unreadable),
      wanted: null,
    };
  }
  const known = otherThreads(others, ownId);
  const limit = MathMin(MathCeil(timeoutMs), MOST_MS);
  return {
    asked: loadBinding().askThreads(
      others ?? null,
      limit,
      false,
      details,
      contextLines,
    ),
    known,
    wanted: others ?? null,
  };
}

const MOST_MS = 0x7fff_ffff;

function unreadable(id: number): RawThread {
  return absentThread(id, '', 'not-registered', [
    {
      code: 'ERR_ASYNCTB_UNSUPPORTED',
      message: 'no thread can be asked without the addon',
    },
  ]);
}

/** Those that have gone, and those that were never registered. */
function otherThreads(
  ids: readonly number[] | undefined,
  ownId: number,
): RawThread[] {
  const binding = loadBinding();
  const isRegistered = (id: number): boolean =>
    binding.threadState(id).state === ThreadState.registered;
  const unregistered = ArrayPrototypeFilter(
    startedWorkers(),
    (id) => !isRegistered(id),
  );
  if (ids === undefined) {
    return ArrayPrototypeMap(
      ArrayPrototypeFilter(unregistered, (id) => id !== ownId),
      notRegistered,
    );
  }
  const result: RawThread[] = [];
  for (const id of SetValues(SetFrom(ids))) {
    const { state, name } = binding.threadState(id);
    if (state === ThreadState.registered) continue;
    if (state === ThreadState.exited) {
      ArrayPrototypePush(result, absentThread(id, name, 'exited', []));
    } else if (ArrayPrototypeIncludes(unregistered, id)) {
      ArrayPrototypePush(result, notRegistered(id));
    } else {
      throw outOfRange(
        `options.threads: no thread with the id ${id} is registered; load asynctb/register in it, or call registerThread() there`,
      );
    }
  }
  return result;
}

function notRegistered(id: number): RawThread {
  return absentThread(id, defaultName(id), 'not-registered', [
    {
      code: 'ERR_ASYNCTB_NOT_REGISTERED',
      message:
        'this worker is not registered, so it cannot be asked: load asynctb/register in it (execArgv: [] and a NODE_OPTIONS of its own take that away), or call registerThread() there',
    },
  ]);
}

/** Waits for the answers. */
export function collectThreads(inquiry: Inquiry): RawThread[] {
  const { asked } = inquiry;
  const answers = asked === null ? [] : loadBinding().collectThreads(asked);
  return withKnown(answers, inquiry);
}

/** The same while the own loop goes on. */
export async function collectThreadsLater(
  inquiry: Inquiry,
): Promise<RawThread[]> {
  const { asked } = inquiry;
  if (asked === null) return withKnown([], inquiry);
  const answers = await new GlobalPromise<RawThread[]>((resolve) =>
    loadBinding().collectThreadsLater(asked, resolve),
  );
  return withKnown(answers, inquiry);
}

/**
 * Each thread once: between looking at what is known and asking, one may have registered, or have
 * exited.
 */
export function withKnown(
  answers: readonly RawThread[],
  { known, wanted }: Pick<Inquiry, 'known' | 'wanted'>,
): RawThread[] {
  const found = MapFrom(
    ArrayPrototypeMap(ArrayConcat(known, answers), (thread) => [
      thread.threadId,
      thread,
    ]),
  );
  for (const id of wanted ?? []) {
    if (MapPrototypeHas(found, id)) continue;
    MapPrototypeSet(found, id, absentThread(id, threadName(id), 'exited', []));
  }
  return byId(MapPrototypeValues(found));
}

export function byId<Thread extends RawThread>(threads: Thread[]): Thread[] {
  return ArrayPrototypeSort(threads, (a, b) => a.threadId - b.threadId);
}

/** Whether a number is the id of a thread that is, or was, known to be there. */
export function isKnownThread(id: number): boolean {
  const binding = can('native') ? tryBinding() : null;
  return (
    binding !== null &&
    (binding.threadState(id).state !== ThreadState.unknown ||
      ArrayPrototypeIncludes(startedWorkers(), id))
  );
}

const CAPTURE_TIMEOUT_MS = 1_000;

/**
 * What runs on several threads, in the order of the ids; not the caller's. They answer in parallel.
 * An id that nobody has registered is that of a worker, and -1 that of one that has exited.
 */
export function captureThreads(ids: readonly number[]): RawThread[] {
  const binding = can('native') ? tryBinding() : null;
  if (binding === null) return ArrayPrototypeMap(ids, unreadable);
  const wanted = ArrayPrototypeFilter(
    ids,
    (id) => id >= 0 && binding.threadState(id).state !== ThreadState.unknown,
  );
  const found = MapFrom(
    wanted.length === 0
      ? []
      : ArrayPrototypeMap(
          collectThreads(
            askThreads(
              wanted,
              CAPTURE_TIMEOUT_MS,
              ownThreadId(),
              Detail.explain,
            ),
          ),
          (raw) => [raw.threadId, raw],
        ),
  );
  return ArrayPrototypeMap(
    ids,
    (id) =>
      MapPrototypeGet(found, id) ??
      (id < 0 || ArrayPrototypeIncludes(wanted, id)
        ? absentThread(id, defaultName(id), 'exited', [])
        : notRegistered(id)),
  );
}
