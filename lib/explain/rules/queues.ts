// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Locks, queues and pools of the program's own process. */

import { ArrayConcat } from '../../base/lists.js';
import { RegExpTest } from '../../base/patterns.js';
import { MathMax, MathRound } from '../../base/primordials.js';
import { groupDigits } from '../../format/text.js';
import { eventNameOf, passesScript } from '../events.js';
import type { Path } from '../paths.js';
import { fill, ownerBy, type Rule, rulesOf } from '../rule.js';
import type { Thing } from '../thing.js';
import { timers } from './node.js';

/** Whether a function of such a script has it in a variable. */
function isHeldByScript({ holders }: Thing, script: RegExp): boolean {
  for (const { holder, link } of holders)
    if (
      link === 'variable' &&
      RegExpTest(script, holder.site?.scriptName ?? '')
    )
      return true;
  return false;
}

/**
 * Whether a way leads from a fiber of Effect straight to what resumes it. All fibers know each other: other ways
 * lead to what others wait for.
 */
function isOfFiber(path: Path): boolean {
  let fibers = 0;
  let isResumed = false;
  let above = path;
  for (let at = path.below; at !== null; at = at.below) {
    if (at.thing.className === 'FiberRuntime') {
      fibers++;
      isResumed = above.hold.link === 'variable' && above.hold.name === 'this';
    }
    above = at;
  }
  return fibers === 1 && isResumed;
}

const limits: Rule = {
  classes: ['Queue'],
  rank: 26,
  explain({ thing }) {
    if (!isHeldByScript(thing, /[\\/]p-limit[\\/]/)) return null;
    const text = fill('its turn in a p-limit[, {#size} wait]', thing);
    return text === null ? null : { kind: 'queue', text };
  },
};

/** The event by which a method of p-queue waits, and what that is. */
const idleQueues: Rule = {
  classes: ['PQueue'],
  rank: 26,
  explain({ thing, path }) {
    const event = eventNameOf(path);
    if (event !== 'idle' && event !== 'empty') return null;
    const text = fill(
      `a p-queue to be ${event}: {#pending} of {#concurrency} run[, {#queue.#queue#} wait]`,
      thing,
    );
    return text === null ? null : { kind: 'queue', text };
  },
};

/** The package `retry`, which p-retry has. */
const retries: Rule = {
  classes: ['RetryOperation'],
  rank: 24,
  explain({ thing, now }) {
    const failed = thing.length('_errors');
    if (failed === null || thing.length('_originalTimeouts') === null)
      return null;
    const attempt = `attempt ${groupDigits(failed + 1)}`;
    const delay = thing.number('_timer._idleTimeout');
    if (delay === null || thing.flag('_timer._destroyed') !== false)
      return { kind: 'task', text: `${attempt} of what is retried` };
    const start = thing.number('_timer._idleStart');
    const dueMs =
      start === null || now === 0
        ? null
        : MathMax(MathRound(start + delay - now), 0);
    const text = `a timer of ${groupDigits(delay)} ms before ${attempt} of what is retried`;
    return { kind: 'timer', text, dueMs };
  },
};

/** A batch that another one has come after. */
const earlierBatches: Rule = {
  classes: ['Object'],
  rank: 23,
  explain({ thing, path }) {
    const { hold } = path;
    if (hold.link !== 'property' || hold.name !== 'callbacks') return null;
    return isHeldByScript(thing, /[\\/]dataloader[\\/]/)
      ? { kind: 'queue', text: 'a batch of a DataLoader' }
      : null;
  },
};

/** Piscina and Tinypool. */
const workerTasks: Rule = {
  classes: ['TaskInfo'],
  rank: 26,
  explain({ thing, path }) {
    const pool = passesScript(path, /[\\/]piscina[\\/]/)
      ? 'Piscina'
      : passesScript(path, /[\\/]tinypool[\\/]/)
        ? 'Tinypool'
        : 'a pool';
    if (ownerBy(thing, ['taskInfos', 'workerInfo']) !== null) {
      const text = fill(`a worker of ${pool} that runs task {name}`, thing);
      return text === null ? null : { kind: 'message', text };
    }
    const owner = ownerBy(thing, ['taskQueue', 'skipQueue']);
    if (owner === null) return null;
    const text = fill(
      `a free worker of ${pool}[ of {$.workers.readyItems#}][, {$.taskQueue.tasks#} wait][: task {name}]`,
      thing,
      owner,
    );
    return text === null ? null : { kind: 'queue', text };
  },
};

const deferreds: Rule = {
  classes: ['Object'],
  rank: 20,
  explain({ path }) {
    const { hold } = path;
    const isDeferred =
      hold.link === 'property' && hold.name === 'joiners' && isOfFiber(path);
    return isDeferred ? { kind: 'lock', text: 'a Deferred of Effect' } : null;
  },
};

const effectSemaphores: Rule = {
  classes: ['Semaphore'],
  rank: 20,
  explain({ thing, path }) {
    if (path.hold.name !== 'waiters' || !isOfFiber(path)) return null;
    const text = fill(
      'a semaphore of Effect: {taken} of {permits} taken, {waiters#} wait',
      thing,
    );
    return text === null ? null : { kind: 'lock', text };
  },
};

const sleepingFibers: Rule = {
  ...timers,
  rank: 20,
  explain: (found) => (isOfFiber(found.path) ? timers.explain(found) : null),
};

/** What `job.waitUntilFinished()` of bullmq listens to. */
const finishedJobs: Rule = {
  classes: ['QueueEvents'],
  rank: 26,
  explain({ thing, path }) {
    if (!RegExpTest(/^(?:completed|failed):/, eventNameOf(path))) return null;
    const text = fill('the end of a job in queue {name} of bullmq', thing);
    return text === null ? null : { kind: 'queue', text };
  },
};

const SUBJECTS = [
  'Subject',
  'BehaviorSubject',
  'ReplaySubject',
  'AsyncSubject',
];

const subjects: Rule = {
  classes: SUBJECTS,
  rank: 26,
  explain({ thing, path }) {
    if (path.hold.name !== 'observers' || thing.flag('isStopped') !== false)
      return null;
    const what = passesScript(path, /lastValueFrom\.[jt]s$/)
      ? 'the last value'
      : 'a value';
    const text = fill(
      `${what} of a ${thing.className} of rxjs[ ({observers#} subscribed)]`,
      thing,
    );
    return text === null ? null : { kind: 'stream', text };
  },
};

const observables: Rule = {
  classes: ['SafeSubscriber'],
  rank: 18,
  explain({ thing, path }) {
    if (thing.flag('isStopped') !== false || path.hold.name !== 'destination')
      return null;
    const what = passesScript(path, /lastValueFrom\.[jt]s$/)
      ? 'the last value'
      : 'a value';
    return { kind: 'stream', text: `${what} of an Observable of rxjs` };
  },
};

export const queues: readonly Rule[] = ArrayConcat(
  [
    limits,
    idleQueues,
    retries,
    earlierBatches,
    workerTasks,
    deferreds,
    effectSemaphores,
    sleepingFibers,
    finishedJobs,
    subjects,
    observables,
  ],
  rulesOf([
    // async-mutex
    {
      classes: ['Semaphore'],
      kind: 'lock',
      text: 'a mutex ({_queue#} wait)',
      through: ['_queue'],
      has: ['_weightedWaiters', '_value'],
      heldAs: ['_semaphore'],
      rank: 27,
    },
    {
      classes: ['Semaphore'],
      kind: 'lock',
      text: 'a semaphore ({_value} free, {_queue#} wait)',
      through: ['_queue'],
      has: ['_weightedWaiters'],
      rank: 26,
    },
    // async-sema
    {
      classes: ['Sema'],
      kind: 'lock',
      text: 'a semaphore of {nrTokens}[ ({waiting._length} wait)]',
      through: ['waiting'],
      rank: 26,
    },
    // p-queue
    {
      classes: ['PQueue'],
      kind: 'queue',
      text: 'its turn in a p-queue: {#pending} of {#concurrency} run[, {#queue.#queue#} wait]',
      through: ['#queue'],
      rank: 26,
    },
    {
      classes: ['PQueue'],
      kind: 'queue',
      text: 'a p-queue to go on, which is paused[: {#queue.#queue#} wait]',
      through: ['#queue'],
      when: { '#isPaused': true },
      rank: 27,
    },
    // bottleneck
    {
      classes: ['Job'],
      kind: 'queue',
      text: 'its turn in a Bottleneck',
      through: ['_resolve'],
      has: ['options.weight', 'options.priority'],
      heldAs: ['_lists'],
      rank: 24,
    },
    {
      classes: ['Job'],
      kind: 'task',
      text: 'a job that a Bottleneck runs',
      through: ['_resolve'],
      has: ['options.weight', 'options.priority'],
      heldAs: ['_scheduled'],
      rank: 25,
    },
    // dataloader
    {
      classes: ['DataLoader'],
      kind: 'queue',
      through: ['_batch'],
      text: 'a batch of a DataLoader[ named {name}][ (keys: {_batch.keys#})]',
      rank: 24,
    },
    {
      classes: ['DataLoader'],
      kind: 'queue',
      through: ['_batch'],
      text: 'a batch of a DataLoader[ named {name}] that was not sent yet[ (keys: {_batch.keys#})]',
      when: { '_batch.hasDispatched': false },
      rank: 25,
    },
    // Effect
    {
      classes: ['FiberRuntime'],
      kind: 'task',
      text: 'a fiber of Effect',
      through: ['_observers'],
      rank: 17,
    },
    // redux-saga
    {
      classes: ['Object'],
      kind: 'task',
      text: 'the saga {meta.name}',
      through: ['toPromise'],
      when: { '@@redux-saga/TASK': true },
      rank: 24,
    },
  ]),
);
