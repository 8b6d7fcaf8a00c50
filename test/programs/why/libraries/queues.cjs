// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for locks, queues, streams and fibers of the program's own process.
'use strict';

const { join } = require('node:path');
const { Mutex, Semaphore } = require('async-mutex');
const { RateLimit, Sema } = require('async-sema');
const Bottleneck = require('bottleneck');
const DataLoader = require('dataloader');
const { Deferred, Effect, Queue } = require('effect');
const { Piscina } = require('piscina');
const { runSaga, stdChannel } = require('redux-saga');
const { take, call } = require('redux-saga/effects');
const { Subject, firstValueFrom, lastValueFrom, map } = require('rxjs');
const { SECRET, keep, park, show, turns, until } = require('./parked.cjs');

const never = () => new Promise((resolve) => keep(resolve));

(async () => {
  const { default: pLimit } = await import('p-limit');
  const { default: PQueue } = await import('p-queue');
  const { default: pRetry } = await import('p-retry');

  const mutex = keep(new Mutex());
  const semaphore = keep(new Semaphore(2));
  const sema = keep(new Sema(2));
  const rate = keep(RateLimit(1, { timeUnit: 60_000 }));
  const limit = keep(pLimit(2));
  const queue = keep(new PQueue({ concurrency: 1 }));
  const paused = keep(new PQueue({ autoStart: false }));
  const limiter = keep(new Bottleneck({ maxConcurrent: 1, id: 'mailer' }));
  const loader = keep(
    new DataLoader(
      async function loadUsers() {
        await never();
      },
      { name: 'users' },
    ),
  );
  const unscheduled = keep(
    new DataLoader(async (keys) => keys, {
      name: 'orders',
      batchScheduleFn: keep,
    }),
  );
  const piscina = keep(
    new Piscina({
      filename: join(__dirname, 'piscina-task.cjs'),
      maxThreads: 1,
      minThreads: 1,
      concurrentTasksPerWorker: 1,
    }),
  );
  const subject = keep(new Subject());
  const channel = keep(stdChannel());

  await mutex.acquire();
  await semaphore.acquire();
  await semaphore.acquire();
  await sema.acquire();
  await sema.acquire();
  await rate();

  park({
    async holdsLimit() {
      await Promise.all([limit(never), limit(never)]);
    },
    async queueRuns() {
      await queue.add(never);
    },
    async bottleneckRuns() {
      await limiter.schedule(never);
    },
    async piscinaRuns() {
      await piscina.run({ token: SECRET });
    },
  });
  await turns();
  park({
    async mutexLocked() {
      await mutex.acquire();
    },
    async mutexExclusive() {
      await mutex.runExclusive(async () => {});
    },
    async semaphoreTaken() {
      await semaphore.acquire();
    },
    async semaTaken() {
      await sema.acquire();
    },
    async rateLimited() {
      await rate();
    },
    async limitTaken() {
      await limit(async () => {});
    },
    async queueFull() {
      await queue.add(async () => {});
    },
    async queueIdle() {
      await queue.onIdle();
    },
    async queuePaused() {
      await paused.add(async () => {});
    },
    async retrying() {
      await pRetry(
        () => {
          throw new Error(SECRET);
        },
        { retries: 3, minTimeout: 60_000 },
      );
    },
    async bottleneckFull() {
      await limiter.schedule(async () => {});
    },
    async loaderBatch() {
      await loader.load(SECRET);
    },
    async loaderUnscheduled() {
      await unscheduled.load(SECRET);
    },
    async piscinaQueued() {
      await piscina.run({ token: SECRET });
    },
    async firstOfSubject() {
      await firstValueFrom(subject.pipe(map((value) => value)));
    },
    async lastOfSubject() {
      await lastValueFrom(subject);
    },
    async effectDeferred() {
      await Effect.runPromise(
        Effect.flatMap(Deferred.make(), (each) => Deferred.await(keep(each))),
      );
    },
    async effectSleep() {
      await Effect.runPromise(Effect.sleep('60 seconds'));
    },
    async effectQueue() {
      await Effect.runPromise(
        Effect.flatMap(Queue.unbounded(), (each) => Queue.take(keep(each))),
      );
    },
    async effectSemaphore() {
      const each = keep(Effect.unsafeMakeSemaphore(1));
      await Effect.runPromise(each.take(1));
      await Effect.runPromise(each.withPermits(1)(Effect.succeed(1)));
    },
    async sagaTakes() {
      await runSaga({ channel, dispatch() {} }, function* watchLogin() {
        yield take('LOGIN');
      }).toPromise();
    },
    async sagaCalls() {
      await runSaga({ channel, dispatch() {} }, function* load() {
        yield call(never);
      }).toPromise();
    },
  });
  await turns();
  await until(() => {
    const { EXECUTING, QUEUED } = limiter.counts();
    return piscina.queueSize === 1 && EXECUTING === 1 && QUEUED === 1;
  });
  await turns();
  show();
})();
