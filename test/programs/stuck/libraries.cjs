// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Waits in libraries, all of which something may still end. Prints what is suspended, and what is said to be stuck.

const { setTimeout: sleep } = require('node:timers/promises');
const { dump } = require('asynctb');
const { Mutex, Semaphore } = require('async-mutex');
const Bluebird = require('bluebird');
const co = require('co');
const Piscina = require('piscina');

const LONG = 1e6;
const kept = (globalThis.kept = []);

async function main() {
  const { default: pLimit } = await import('p-limit');
  const { default: PQueue } = await import('p-queue');
  const effection = await import('effection');
  const { default: fastify } = await import('fastify');
  const mutex = new Mutex();
  const semaphore = new Semaphore(1);
  const limit = pLimit(1);
  const queue = new PQueue({ concurrency: 1 });
  const pool = new Piscina({
    filename: require.resolve('./forever.cjs'),
    maxThreads: 1,
  });
  const app = fastify();
  app.get('/', async function live_fastify() {
    await sleep(LONG);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address();
  // Somebody has the lock, and gives it back later.
  const release = await mutex.acquire();
  setTimeout(release, LONG);
  const [, releaseSemaphore] = await semaphore.acquire();
  kept.push(releaseSemaphore);

  const cases = {
    async live_mutex() {
      await mutex.acquire();
    },
    async live_mutexExclusive() {
      await mutex.runExclusive(() => 1);
    },
    async live_mutexUnlocked() {
      await mutex.waitForUnlock();
    },
    async live_semaphore() {
      await semaphore.acquire();
    },
    async live_limited() {
      await limit(() => sleep(LONG));
    },
    async live_limitedLater() {
      await limit(() => 1);
    },
    async live_queued() {
      await queue.add(() => sleep(LONG));
    },
    async live_queuedLater() {
      await queue.add(() => 1);
    },
    async live_queueIdle() {
      await queue.onIdle();
    },
    async live_bluebird() {
      await Bluebird.delay(LONG);
    },
    async live_bluebirdCallback() {
      await new Bluebird((resolve) => setTimeout(resolve, LONG));
    },
    async live_bluebirdMap() {
      await Bluebird.map([1, 2], () => sleep(LONG));
    },
    async live_co() {
      await co(function* live_coGenerator() {
        yield sleep(LONG);
      });
    },
    async live_effection() {
      await effection.run(function* live_effectionOperation() {
        yield* effection.sleep(LONG);
      });
    },
    async live_effectionSuspended() {
      kept.push(
        effection.run(function* live_effectionSuspend() {
          yield* effection.suspend();
        }),
      );
      await kept.at(-1);
    },
    async live_piscina() {
      await pool.run(1);
    },
    async live_piscinaQueued() {
      await pool.run(2);
    },
    async live_request() {
      await fetch(`http://127.0.0.1:${port}/`);
    },
  };
  for (const run of Object.values(cases)) {
    run().catch((error) => console.log(run.name, error.message));
  }
  const named = () =>
    dump({ stuck: true }).threads.flatMap(({ groups }) =>
      groups.map(({ verdict, stack }) => ({
        verdict,
        names: stack.frames.map(({ functionName }) => functionName),
      })),
    );
  const isThere = (name) => named().some(({ names }) => names.includes(name));
  while (!isThere('live_fastify')) await sleep(1);
  console.log(JSON.stringify(named()));
  process.exit();
}

void main();
