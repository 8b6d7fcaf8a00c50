// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Tasks that wait for what other tasks have: locks, clients of pools, batches. The argument names what is
// made. Prints who is said to be able to wake them, by the function that waits, and the deadlocks. With
// `signal` behind it, only waits.
'use strict';

const { EventEmitter } = require('node:events');

const { setTimeout: sleep } = require('node:timers/promises');
const { Mutex, Semaphore } = require('async-mutex');

const [, , wanted, door] = process.argv;
const kept = (globalThis.kept = []);
// What only tasks have that wait for each other is garbage, and they are.
const keep = (value) => (kept.push(value), value);

class Lock {
  isTaken = false;
  waiting = [];
  async take() {
    if (this.isTaken)
      await new Promise((resolve) => this.waiting.push(resolve));
    this.isTaken = true;
    return () => {
      this.isTaken = false;
      this.waiting.shift()?.();
    };
  }
}

class Pool {
  constructor(size) {
    this.all = Array.from({ length: size }, (_, id) => ({ id }));
    this.idle = [...this.all];
    this.queue = [];
    // Its length, as V8 keeps it, looks like the address of an object.
    this.buffer = new Uint8Array(0x20001);
  }
  acquire() {
    if (this.idle.length > 0) return Promise.resolve(this.idle.pop());
    return new Promise((resolve, reject) =>
      this.queue.push({ resolve, reject }),
    );
  }
  release(client) {
    const next = this.queue.shift();
    if (next === undefined) this.idle.push(client);
    else next.resolve(client);
  }
}

/** Its clients are known to nobody but who has one. */
class Forgetful {
  idle = [{ id: 1 }, { id: 2 }];
  queue = [];
  acquire() {
    if (this.idle.length > 0) return Promise.resolve(this.idle.pop());
    return new Promise((resolve) => this.queue.push({ resolve }));
  }
  release(client) {
    const next = this.queue.shift();
    if (next === undefined) this.idle.push(client);
    else next.resolve(client);
  }
}

/** Collects what is asked for, and asks once for all of it. */
/** A pool of pg, of clients that connect to nothing. */
function pgPool(max) {
  const PgPool = require('pg-pool');
  class Client extends EventEmitter {
    connect(done) {
      setImmediate(done);
    }
    ref() {}
    unref() {}
    end() {}
  }
  return keep(new PgPool({ max, Client }));
}

class Batcher {
  batch = null;
  known = new Map();
  constructor(load) {
    this.load = load;
  }
  get(key) {
    if (!this.known.has(key)) this.known.set(key, this.ask(key));
    return this.known.get(key);
  }
  ask(key) {
    if (this.batch === null) {
      const batch = (this.batch = { keys: [], callbacks: [] });
      process.nextTick(() => {
        this.batch = null;
        this.load(batch.keys).then((values) => {
          for (const [at, { resolve }] of batch.callbacks.entries())
            resolve(values[at]);
        });
      });
    }
    const { batch } = this;
    batch.keys.push(key);
    return new Promise((resolve, reject) =>
      batch.callbacks.push({ resolve, reject }),
    );
  }
}

const never = () => new Promise((resolve) => kept.push(resolve));

/** Each makes tasks; those named `wait…` are asked about. */
const programs = {
  async lock() {
    const lock = keep(new Lock());
    async function holder() {
      const unlock = await lock.take();
      await sleep(60_000);
      unlock();
    }
    async function waitLock() {
      (await lock.take())();
    }
    return [holder(), waitLock(), waitLock()];
  },
  async mutexOfLibrary() {
    const mutex = keep(new Mutex());
    async function holder() {
      const release = await mutex.acquire();
      await never();
      release();
    }
    async function waitMutex() {
      await mutex.runExclusive(() => {});
    }
    return [holder(), waitMutex()];
  },
  async pool() {
    const pool = keep(new Pool(2));
    async function holder() {
      const client = await pool.acquire();
      await never();
      pool.release(client);
    }
    /** Has had one, and has one in a variable that is of no use any more. */
    async function former() {
      const client = await pool.acquire();
      pool.release(client);
      await never();
    }
    async function waitPool() {
      pool.release(await pool.acquire());
    }
    return [former(), await sleep(1), holder(), holder(), waitPool()];
  },
  async forgetful() {
    const pool = keep(new Forgetful());
    async function holder() {
      const client = await pool.acquire();
      await never();
      pool.release(client);
    }
    async function onlyAsks() {
      await never();
      return pool.queue.length;
    }
    async function waitPool() {
      pool.release(await pool.acquire());
    }
    return [holder(), holder(), onlyAsks(), waitPool(), waitPool()];
  },
  async handle() {
    const lock = keep(new Lock());
    async function holder() {
      const lease = { unlock: await lock.take(), since: 0 };
      await never();
      lease.unlock();
    }
    async function waitLock() {
      (await lock.take())();
    }
    return [holder(), waitLock()];
  },
  async bound() {
    const pool = keep(new Pool(1));
    async function holder() {
      const give = pool.release.bind(pool, await pool.acquire());
      await never();
      give();
    }
    async function waitPool() {
      pool.release(await pool.acquire());
    }
    return [holder(), await sleep(1), waitPool()];
  },
  // What follows are deadlocks.
  async crossed() {
    const [a, b] = keep([new Lock(), new Lock()]);
    const transfer = async function waitTransfer(from, to) {
      const first = await from.take();
      await sleep(1);
      const second = await to.take();
      second();
      first();
    };
    return [transfer(a, b), transfer(b, a)];
  },
  async crossedOfLibrary() {
    const [a, b] = keep([new Mutex(), new Semaphore(1)]);
    async function waitForth() {
      const first = await a.acquire();
      await sleep(1);
      await b.acquire();
      first();
    }
    async function waitBack() {
      const [, second] = await b.acquire();
      await sleep(1);
      await a.acquire();
      second();
    }
    return [waitForth(), waitBack()];
  },
  async nested() {
    const pool = keep(new Pool(2));
    async function waitNested() {
      const outer = await pool.acquire();
      await sleep(1);
      const inner = await pool.acquire();
      pool.release(inner);
      pool.release(outer);
    }
    return [waitNested(), waitNested()];
  },
  async batch() {
    const batcher = keep(
      new Batcher(async function waitLoad(keys) {
        return [await batcher.get(keys[0])];
      }),
    );
    return [batcher.get(1)];
  },
  async chain() {
    const tail = keep([Promise.resolve(), Promise.resolve()]);
    const take = (at) => {
      let release;
      const turn = keep(tail[at]);
      tail[at] = new Promise((resolve) => (release = resolve));
      return turn.then(() => release);
    };
    async function waitForth() {
      const first = await take(0);
      await sleep(1);
      const second = await take(1);
      second();
      first();
    }
    async function waitBack() {
      const first = await take(1);
      await sleep(1);
      const second = await take(0);
      second();
      first();
    }
    return [waitForth(), waitBack()];
  },
  async nestedOfPg() {
    const clients = pgPool(1);
    async function waitNested() {
      const outer = await clients.connect();
      await sleep(1);
      const inner = await clients.connect();
      inner.release();
      outer.release();
    }
    return [waitNested()];
  },
  async loaderOfItself() {
    const DataLoader = require('dataloader');
    const loader = keep(
      new DataLoader(async function waitLoad(keys) {
        return [await loader.load(keys[0])];
      }),
    );
    return [loader.load(1)];
  },
  // These only look like deadlocks.
  async nestedOfPgWithCallback() {
    const clients = pgPool(2);
    clients.connect().then((client) => {
      setTimeout(() => client.release(), 60_000);
    });
    async function waitNested() {
      const outer = await clients.connect();
      await sleep(1);
      const inner = await clients.connect();
      inner.release();
      outer.release();
    }
    return [waitNested()];
  },
  async nestedWithAnother() {
    const pool = keep(new Pool(2));
    async function holder() {
      const client = await pool.acquire();
      await sleep(60_000);
      pool.release(client);
    }
    async function waitNested() {
      const outer = await pool.acquire();
      const inner = await pool.acquire();
      pool.release(inner);
      pool.release(outer);
    }
    return [holder(), waitNested()];
  },
  async nestedWithCallback() {
    const pool = keep(new Pool(2));
    pool.acquire().then((client) => {
      setTimeout(() => pool.release(client), 60_000);
    });
    async function waitNested() {
      const outer = await pool.acquire();
      const inner = await pool.acquire();
      pool.release(inner);
      pool.release(outer);
    }
    return [waitNested()];
  },
  async crossedWithLimit() {
    const [a, b] = keep([new Lock(), new Lock()]);
    const limit = () => sleep(60_000);
    async function waitForth() {
      const first = await a.take();
      await sleep(1);
      await Promise.race([b.take(), limit()]);
      first();
    }
    async function waitBack() {
      const first = await b.take();
      await sleep(1);
      await Promise.race([a.take(), limit()]);
      first();
    }
    return [waitForth(), waitBack()];
  },
  async crossedWithSafety() {
    const [a, b] = keep([new Lock(), new Lock()]);
    async function waitForth() {
      const first = await a.take();
      const safety = setTimeout(() => first(), 60_000);
      await sleep(1);
      (await b.take())();
      clearTimeout(safety);
      first();
    }
    async function waitBack() {
      const first = await b.take();
      const safety = setTimeout(() => first(), 60_000);
      await sleep(1);
      (await a.take())();
      clearTimeout(safety);
      first();
    }
    return [waitForth(), waitBack()];
  },
  async permits() {
    const semaphore = keep(new Semaphore(2));
    semaphore.acquire().then(([, release]) => setTimeout(release, 60_000));
    async function waitTwice() {
      const [, first] = await semaphore.acquire();
      const [, second] = await semaphore.acquire();
      second();
      first();
    }
    return [waitTwice()];
  },
  async timed() {
    const lock = keep(new Lock());
    lock.waiting.push(() => {});
    async function waitTimed() {
      const unlock = await lock.take();
      await new Promise((resolve) => {
        lock.waiting.push(resolve);
        setTimeout(resolve, 60_000);
      });
      unlock();
    }
    return [waitTimed()];
  },
};

const groupOf = (groups, taskId) =>
  groups.find(({ tasks }) => tasks.some(({ id }) => id === taskId));

function show() {
  const { dump } = require('asynctb');
  // With what is garbage, more may seem to have something.
  globalThis.gc?.();
  const { groups, deadlocks } = dump().threads[0];
  const wakers = {};
  const strangers = [];
  for (const { stack, verdict } of groups) {
    const waits = stack.frames.find(({ functionName }) =>
      functionName.startsWith('wait'),
    );
    if (waits === undefined) continue;
    const found = (stack.wait?.wakers ?? []).map(
      ({ taskId, functionName, variable, count, sure }) => {
        const task = groupOf(groups, taskId)?.stack.frames[0]?.functionName;
        if (task !== functionName) strangers.push(`${functionName}: ${task}`);
        return `${functionName} ${variable} ${count}${sure ? ' sure' : ''}`;
      },
    );
    wakers[waits.functionName] = [verdict, ...found];
  }
  console.log(
    JSON.stringify({
      wakers,
      strangers,
      deadlocks: deadlocks.map(({ tasks, count, sure }) => [
        count,
        sure,
        ...tasks.map(({ functionName, holds }) => `${functionName} ${holds}`),
      ]),
    }),
  );
  process.exit();
}

void programs[wanted]().then((tasks) => {
  kept.push(tasks);
  setTimeout(() => {
    if (door !== 'signal') show();
    console.log('ready');
    process.on('message', () => process.exit());
  }, 20);
});
