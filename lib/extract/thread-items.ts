// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Built-in glue: a `Worker` or the id of a thread, unwrapped into what runs there. */

import {
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  SetFrom,
} from '../base/lists.js';
import {
  GlobalNumber,
  MapPrototypeGet,
  MapPrototypeSet,
  MathMax,
  SetPrototypeHas,
} from '../base/primordials.js';
import { currentSession, type Session } from './session.js';
import {
  captureThreads,
  isKnownThread,
  ownThreadId,
} from '../threads/threads.js';
import { itemEntry, items } from '../hooks/registry.js';
import { AsynctbError, capturedError, joinErrors } from '../base/errors.js';
import { Placeholder } from '../model/placeholder.js';
import { RawStacks } from '../model/raw-stacks.js';
import { plainSite, type Site } from '../model/site.js';
import { explainThreads } from '../explain/thread-reasons.js';
import { nodeHost } from '../source-maps/node-host.js';
import { mapSites } from '../source-maps/thread-maps.js';
import { Stack } from '../model/stack.js';
import type { RawThread, Sites } from '../base/capture.js';
import { framesBetween } from './running-slice.js';
import { isStarting, threadIdOf } from '../engine/thread-ids.js';

export function installWorkers(): void {
  const entry = { ...itemEntry(unwrapThread), together: askTogether };
  // The class of ids; the wrapper objects are of it as well, and are no ids.
  items.builtIn.register({ class: GlobalNumber }, entry);
  items.builtIn.register(
    { when: (value: unknown) => threadIdOf(value) !== null },
    entry,
  );
}

function unwrapThread(item: unknown): Stack | undefined {
  const session = currentSession();
  const id = threadIdOf(item);
  if (session === null || id === null) return undefined;
  if (typeof item === 'number' && !isKnownThread(id)) return undefined;
  if (id === ownThreadId()) {
    const { maxFrames } = session.options;
    return framesBetween(item, session.options, session.entry, ({ length }) => [
      MathMax(0, length - maxFrames),
      length,
    ]);
  }
  return stackOfThread(item, threadIn(session, id), session.options.maxFrames);
}

/** The threads among the targets of one call answer in parallel. */
function askTogether(targets: readonly unknown[]): void {
  const session = currentSession();
  if (session === null) return;
  const ids = ArrayPrototypeFlatMap(targets, (target) => {
    const id = threadIdOf(target);
    const isUnknown = typeof target === 'number' && !isKnownThread(target);
    return id === null || isUnknown || id === ownThreadId() ? [] : [id];
  });
  for (const raw of captureThreads(ids))
    MapPrototypeSet(session.threads, raw.threadId, raw);
}

/** A thread is asked once a call, however many items lead to it. */
export function threadIn(session: Session, id: number): RawThread {
  const known = MapPrototypeGet(session.threads, id);
  if (known !== undefined) return known;
  const { 0: raw } = captureThreads([id]);
  MapPrototypeSet(session.threads, id, raw as RawThread);
  return raw as RawThread;
}

/** The running stack of another thread, or why there is none. */
export function stackOfThread(
  root: unknown,
  raw: RawThread,
  maxFrames: number,
): Stack {
  const { threadId, name, status, activity, taskCount } = raw;
  const who = `thread ${threadId} "${name}"`;
  const errors: Error[] = ArrayPrototypeMap(
    ArrayPrototypeFilter(
      raw.errors,
      ({ code }) => status !== 'ok' || !SetPrototypeHas(ABOUT_TASKS, code),
    ),
    ({ code, message }) => capturedError(code, `${who}: ${message}`),
  );
  if (status === 'exited') {
    ArrayPrototypePush(
      errors,
      new AsynctbError(
        'ERR_ASYNCTB_THREAD_EXITED',
        `${who} has exited: nothing runs there`,
      ),
    );
    return new Stack(root, [], [], joinErrors(errors));
  }
  if (status === 'not-registered' && isStarting(root)) {
    const error = new AsynctbError(
      'ERR_ASYNCTB_THREAD_NOT_STARTED',
      `${who} has not started: nothing runs there yet, or this thread has not been told`,
    );
    return new Stack(root, [], [root], error);
  }
  if (status !== 'ok') return new Stack(root, [], [root], joinErrors(errors));
  // Functions have their numbers in their own thread only.
  const { 0: mapped } = explainThreads(mapSites([raw], nodeHost));
  const makeSite = (sites: Sites, at: number): Site =>
    (mapped?.makeSite ?? plainSite)(sites, at).withoutId();
  const stacks = new RawStacks({ ...raw, makeSite }, maxFrames);
  const { frames, error } = stacks.running() ?? new Stack(root);
  const leaves =
    activity === 'running'
      ? []
      : [new Placeholder(`${who}: ${inWords(activity, taskCount)}`)];
  if (error !== null) ArrayPrototypePush(errors, error);
  return new Stack(root, frames, leaves, joinErrors(errors));
}

/** Errors that take nothing away from the running stack. */
const ABOUT_TASKS: ReadonlySet<string> = SetFrom([
  'ERR_ASYNCTB_BLOCKED',
  'ERR_ASYNCTB_UNSUPPORTED',
  'ERR_ASYNCTB_OUT_OF_MEMORY',
]);

function inWords(activity: RawThread['activity'], taskCount: number): string {
  if (activity !== 'idle') return 'blocked in native code';
  const tasks = taskCount === 1 ? 'task' : 'tasks';
  return `idle, ${taskCount} suspended ${tasks}`;
}
