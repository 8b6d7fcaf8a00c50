// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Glue for Piscina: a task that waits for a thread; from a task to what serves it in its thread, and
 * from there to who asked. Both sides know a task by its number.
 */

import {
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  SetFrom,
  SetValues,
} from '../base/lists.js';
import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  ArrayIsArray,
  MapPrototypeGet,
  NumberParseInt,
} from '../base/primordials.js';
import { isMap, isProxy } from '../base/node-types.js';
import { ownThreadId } from '../threads/threads.js';
import { startedWorker } from '../threads/workers.js';
import {
  builtInAwaiterHooks,
  RemoteItem,
  unwrapRemote,
} from '../hooks/remote.js';
import type { Frame } from '../model/frame.js';
import { loadBinding } from '../engine/binding.js';
import { withBounds } from '../extract/session.js';
import { isObject } from '../base/own.js';
import { closureOf, own } from '../open-ends/closures.js';
import { describeValue } from '../format/describe.js';
import { sayUnlessSaid } from '../model/notes.js';
import type { PromiseGlue } from '../open-ends/open-ends.js';
import { waitReason } from '../model/wait-reason.js';

const SERVED = 'piscina/served';
const ASKED = 'piscina/asked';

/** Its part that runs in the threads of a pool; a source map tells where it was before. */
const WORKER_SCRIPT = /[\\/]piscina[\\/](?:dist|src)[\\/]worker\.[jt]s$/;

const FOLDERS = /^.*[\\/]/s;

export const piscina: PromiseGlue = {
  library: 'piscina',
  explain(settlers) {
    for (const { fn } of settlers) {
      const task = closureOf(fn)?.variables['taskInfo'];
      const id = own(task, 'taskId');
      if (typeof id !== 'number') continue;
      const which = `task ${id}, ${fileOf(own(task, 'filename'))}`;
      const worker = own(own(task, 'workerInfo'), 'worker');
      if (!isObject(worker)) {
        const text = `a free thread of Piscina: ${which}`;
        return { wait: waitReason('pool', text) };
      }
      // Where the thread does not answer, it is where the stack ends.
      sayUnlessSaid(worker, waitReason('task', `of Piscina: ${which}`));
      return { items: [new RemoteItem(worker, SERVED, id)] };
    }
    return undefined;
  },
};

/** Without its folders, which a text of bounded length would be spent on. */
function fileOf(filename: unknown): string {
  return describeValue(
    typeof filename === 'string'
      ? RegExpReplaceIn(filename, FOLDERS, '')
      : filename,
  );
}

export function installPiscina(): void {
  unwrapRemote.register(SERVED, (taskId) => withBounds(servedTask, taskId));
  unwrapRemote.register(ASKED, (detail) => withBounds(askedPromise, detail));
  ArrayPrototypePush(builtInAwaiterHooks, askerOf);
}

/** In a thread of the pool: who asked for what a function of Piscina's does. */
function askerOf(frame: Frame): RemoteItem | undefined {
  if (frame.function === null || !RegExpTest(WORKER_SCRIPT, frame.scriptName)) {
    return undefined;
  }
  const taskId = closureOf(frame.function)?.variables['taskId'];
  // A thread is not told who has started it: nearly always it is the main thread.
  return typeof taskId === 'number'
    ? new RemoteItem(0, ASKED, { threadId: ownThreadId(), taskId })
    : undefined;
}

/** In the thread of the pool: the promise of what serves a task. */
function servedTask(taskId: unknown): unknown {
  const binding = loadBinding();
  const { functionId, scriptName } = binding.capture(0).thread.sites;
  const scripts = SetFrom(
    ArrayPrototypeMap(
      ArrayPrototypeFilter(functionId, (_, site) =>
        RegExpTest(WORKER_SCRIPT, scriptName[site] ?? ''),
      ),
      (id) => NumberParseInt(id, 10),
    ),
  );
  const found: unknown[] = [];
  for (const script of SetValues(scripts)) {
    const tasks = binding.suspendedIn(script);
    for (let at = 0; at < tasks.length; at++) {
      const id = closureOf(tasks.function[at])?.variables['taskId'];
      if (typeof id !== 'number') continue;
      if (id === taskId) return tasks.promise[at];
      if (taskId === null) ArrayPrototypePush(found, tasks.promise[at]);
    }
  }
  return found.length === 1 ? found[0] : undefined;
}

/** In the thread that has the pool: the promise that `run` gave for a task. */
function askedPromise(detail: unknown): unknown {
  const { threadId, taskId } = detail as { threadId: number; taskId: number };
  const listeners = own(own(startedWorker(threadId), '_events'), 'error');
  const all: readonly unknown[] = ArrayIsArray(listeners)
    ? (listeners as readonly unknown[])
    : [listeners];
  for (const listener of all) {
    const info = closureOf(listener)?.variables['workerInfo'];
    const tasks = own(info, 'taskInfos');
    if (!isMap(tasks) || isProxy(tasks)) continue;
    const task: unknown = MapPrototypeGet(tasks, taskId);
    const resolve = closureOf(own(task, 'callback'))?.variables['resolve'];
    return loadBinding().settledBy(resolve);
  }
  return undefined;
}
