// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Node tells a diagnostics channel of each worker that is started, which is the only way to know
// of one that never loads asynctb. A registered thread listens: a call a worker, and a weak
// reference.

import { ArrayPrototypePush, SetValues } from '../base/lists.js';
import {
  GlobalSet,
  GlobalWeakRef,
  SetPrototypeAdd,
  SetPrototypeDelete,
  WeakRefPrototypeDeref,
} from '../base/primordials.js';
import { threadIdOf } from '../engine/thread-ids.js';

const started = new GlobalSet<WeakRef<object>>();
let watches = false;

export function watchWorkers(): void {
  if (watches) return;
  watches = true;
  const { channel } =
    require('node:diagnostics_channel') as typeof import('node:diagnostics_channel');
  channel('worker_threads').subscribe((message) => {
    const { worker } = message as { worker: object };
    startedWorkers();
    SetPrototypeAdd(started, new GlobalWeakRef(worker));
  });
}

/** The ids of the workers that this thread has started and that still run; forgets the others. */
export function startedWorkers(): number[] {
  const ids: number[] = [];
  for (const reference of SetValues(started)) {
    const worker = WeakRefPrototypeDeref(reference);
    // A worker that has exited has the id -1.
    const id = worker === undefined ? -1 : (threadIdOf(worker) ?? -1);
    if (worker === undefined || id < 0) SetPrototypeDelete(started, reference);
    else ArrayPrototypePush(ids, id);
  }
  return ids;
}

/** A worker that this thread has started, by its id. */
export function startedWorker(id: number): object | null {
  for (const reference of SetValues(started)) {
    const worker = WeakRefPrototypeDeref(reference);
    if (worker !== undefined && threadIdOf(worker) === id) return worker;
  }
  return null;
}
