// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Promises whose `resolve` or `reject` another suspended function holds, and such that nobody does, or
 * that everybody seems to. Each function that waits is called `caller`, what it waits for `slow`.
 */
const { EventEmitter } = require('node:events');

const hold = [];
async function slow() {
  await new Promise((resolve) => hold.push(resolve));
}

class Deferred {
  promise = new Promise((resolve, reject) => {
    Object.assign(this, { resolve, reject });
  });
}
function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => {
    made.resolve = resolve;
    made.reject = reject;
  });
  return made;
}
const key = Symbol('resolve');
class Private {
  #resolve;
  promise = new Promise((resolve) => {
    this.#resolve = resolve;
  });
  async work() {
    await slow();
    this.#resolve();
  }
}
async function* numbers(done) {
  await slow();
  done();
  yield 1;
}

exports.followed = {
  async executor() {
    await new Promise(async function work(resolve) {
      await slow();
      resolve();
    });
  },
  async rejecting() {
    await new Promise(async function work(_, reject) {
      await slow();
      reject(new Error('no'));
    });
  },
  async deferred() {
    const deferred = new Deferred();
    void (async function work(made) {
      await slow();
      made.resolve();
    })(deferred);
    await deferred.promise;
  },
  async resolvers() {
    const { promise, resolve } = withResolvers();
    void (async function work(done) {
      await slow();
      done(1);
    })(resolve);
    await promise;
  },
  async object() {
    const made = withResolvers();
    async function work({ made: inner }) {
      await slow();
      inner.resolve(1);
    }
    void work({ made });
    await made.promise;
  },
  async nested() {
    const made = withResolvers();
    async function work(job) {
      await slow();
      job.made.resolve(1);
    }
    void work({ id: 1, made });
    await made.promise;
  },
  async pair() {
    let done;
    const promise = new Promise((resolve) => {
      done = resolve;
    });
    async function work(finish) {
      await slow();
      finish(1);
    }
    void work(done);
    await promise;
  },
  async scope() {
    let done;
    const promise = new Promise((resolve) => {
      done = resolve;
    });
    async function work() {
      await slow();
      done(1);
    }
    void work();
    await promise;
  },
  async closedOver() {
    await new Promise(async function work(resolve) {
      const other = () => resolve(1);
      await slow();
      resolve(other);
    });
  },
  async privateField() {
    const made = new Private();
    void made.work();
    await made.promise;
  },
  async symbol() {
    const made = {};
    const promise = new Promise((resolve) => {
      made[key] = resolve;
    });
    async function work(holder) {
      await slow();
      holder[key](1);
    }
    void work(made);
    await promise;
  },
  async loop() {
    const made = withResolvers();
    async function work(queue) {
      for (;;) {
        const next = queue.pop();
        if (next === undefined) return;
        await slow();
        next.resolve(1);
      }
    }
    void work([made]);
    await made.promise;
  },
  async nextRound() {
    await new Promise(async function work(resolve) {
      for (let i = 0; ; i++) {
        if (i === 5) resolve();
        await slow();
      }
    });
  },
  async caught() {
    await new Promise(async function work(resolve, reject) {
      try {
        await slow();
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  },
  async inFinally() {
    await new Promise(async function work(resolve) {
      try {
        await slow();
      } finally {
        resolve();
      }
    });
  },
  async blockScope() {
    await new Promise(async function work(resolve) {
      for (const each of [1, 2]) {
        const use = () => each;
        await slow();
        resolve(use);
      }
    });
  },
  async generator() {
    let done;
    const promise = new Promise((resolve) => {
      done = resolve;
    });
    void numbers(done).next();
    await promise;
  },
  async limit() {
    await withLimit(function work() {
      return slow();
    }, 60_000);
  },
};

function withLimit(work, ms) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too late')), ms);
    timer.unref();
    void (async function run() {
      try {
        resolve(await work());
      } catch (error) {
        reject(error);
      } finally {
        clearTimeout(timer);
      }
    })();
  });
}

/** By way of a method of the object that they hold. */
class Job {
  gate = new Deferred();
  constructor() {
    this.promise = new Promise((resolve) => {
      this.settle = resolve;
    });
  }
  finish() {
    this.end(1);
  }
  end(value) {
    this.settle(value);
  }
  async work() {
    await slow();
    this.finish();
  }
}
class Channel {
  next = undefined;
  send(value) {
    this.next?.(value);
  }
  take() {
    return new Promise((resolve) => {
      this.next = resolve;
    });
  }
}
Object.assign(exports.followed, {
  async ownMethod() {
    const job = new Job();
    void job.work();
    await job.promise;
  },
  async methodThatHasRun() {
    const channel = new Channel();
    channel.send(0);
    async function work(to) {
      await slow();
      to.send(1);
    }
    const taken = channel.take();
    void work(channel);
    await taken;
  },
  async fieldOfField() {
    const job = new Job();
    async function work(it) {
      await slow();
      it.gate.resolve();
    }
    void work(job);
    await job.gate.promise;
  },
  async arrowField() {
    class Arrow {
      promise = new Promise((resolve) => {
        this.settle = resolve;
      });
      finish = () => this.settle(1);
    }
    const arrow = new Arrow();
    async function work(it) {
      await slow();
      it.finish();
    }
    void work(arrow);
    await arrow.promise;
  },
  async inherited() {
    class Special extends Job {}
    const job = new Special();
    void job.work();
    await job.promise;
  },
  async handedToAHelper() {
    const made = withResolvers();
    const settle = (deferred) => deferred.resolve(1);
    async function work(it) {
      await slow();
      settle(it);
    }
    void work(made);
    await made.promise;
  },
});

/** Several could: both are named. */
exports.several = {
  async both() {
    const made = withResolvers();
    void (async function first(done) {
      await slow();
      done(1);
    })(made.resolve);
    void (async function second(give) {
      await slow();
      give(new Error('no'));
    })(made.reject);
    await made.promise;
  },
  // The first one has taken `resolve` out of the object already, and keeps the object too.
  async oneObject() {
    const made = withResolvers();
    void (async function first(deferred) {
      deferred.resolve(await slow());
    })(made);
    void (async function second(deferred) {
      await slow();
      deferred.reject(new Error('no'));
    })(made);
    await made.promise;
  },
  async oneObjectTheOtherWayRound() {
    const made = withResolvers();
    void (async function second(deferred) {
      await slow();
      deferred.reject(new Error('no'));
    })(made);
    void (async function first(deferred) {
      deferred.resolve(await slow());
    })(made);
    await made.promise;
  },
};

/** Two that wait for each other. */
exports.ring = function ring() {
  const [a, b] = [withResolvers(), withResolvers()];
  hold.push(a, b); // else nothing would keep them
  async function left() {
    await a.promise;
    b.resolve();
  }
  async function right() {
    await b.promise;
    a.resolve();
  }
  return [left(), right()];
};

const emitter = new EventEmitter();
const shared = { deferred: undefined };
let ofModule;

class Service {
  count = 0;
  ready = new Promise((resolve) => {
    this.started = resolve;
  });
  tick() {
    this.count++;
  }
  async work() {
    for (;;) {
      await slow();
      this.count++;
      this.tick();
    }
  }
  close() {
    this.count = 0;
  }
}

/** Nobody who is suspended is known to settle these. */
exports.unknown = {
  async anotherField() {
    const service = new Service();
    service.tick();
    void service.work();
    await service.ready;
  },
  async anotherMethod() {
    const service = new Service();
    service.close();
    hold.push(service);
    async function work(it) {
      try {
        await slow();
      } finally {
        it.close();
      }
    }
    void work(service);
    await service.ready;
  },
  async anotherFieldOfALiteral() {
    const state = { count: 0 };
    const idle = new Promise((resolve) => {
      state.done = resolve;
    });
    hold.push(state);
    async function work(it) {
      await slow();
      it.count++;
    }
    void work(state);
    await idle;
  },
  async whoAwaitsItLater() {
    const made = withResolvers();
    hold.push(made);
    async function work(it) {
      await slow();
      await it.promise;
    }
    void work(made);
    await made.promise;
  },
  async literalWithMethods() {
    const service = {
      count: 0,
      started: null,
      async work() {
        await slow();
        this.count++;
      },
    };
    hold.push(service);
    const ready = new Promise((resolve) => {
      service.started = resolve;
    });
    void service.work();
    await ready;
  },
  async handedOn() {
    await new Promise(async function work(resolve) {
      emitter.once('handed on', () => resolve());
      await slow();
    });
  },
  async handedOnItself() {
    await new Promise(async function work(resolve) {
      emitter.once('handed on', resolve);
      const other = {};
      await slow();
      return other;
    });
  },
  async usedBefore() {
    const made = withResolvers();
    async function work(deferred, other) {
      emitter.emit('nothing', deferred.resolve);
      await slow();
      return other;
    }
    void work(made, {});
    hold.push(made.resolve);
    await made.promise;
  },
  async notMentioned() {
    let done;
    const promise = new Promise((resolve) => {
      done = resolve;
    });
    let count = 0;
    async function work() {
      await slow();
      count++;
    }
    void work();
    hold.push(() => done(count));
    await promise;
  },
  async queue() {
    const waiting = [];
    const promise = new Promise((resolve) => waiting.push(resolve));
    async function work(list) {
      await slow();
      list.shift()?.();
    }
    for (let i = 0; i < 3; i++) void work(waiting);
    await promise;
  },
  async module() {
    const promise = new Promise((resolve) => {
      ofModule = resolve;
    });
    async function work() {
      await slow();
      ofModule();
    }
    void work();
    await promise;
  },
  async itself() {
    const made = withResolvers();
    // Or it would be garbage, and might be collected before it is looked at.
    hold.push(made.promise);
    await made.promise;
    made.resolve();
  },
  async outer() {
    const made = withResolvers();
    hold.push(made);
    async function inner() {
      await made.promise;
    }
    await inner();
    made.resolve();
  },
  async everybody() {
    shared.deferred = withResolvers();
    async function work(all) {
      await slow();
      all.count++;
    }
    for (let i = 0; i < 20; i++) void work(shared);
    await shared.deferred.promise;
  },
  async overwritten() {
    const made = withResolvers();
    hold.push(made.resolve);
    async function work(done) {
      await slow();
      done = () => {};
      done();
    }
    void work(made.resolve);
    await made.promise;
  },
};

class Entry {
  constructor(resolve, next) {
    Object.assign(this, { resolve, next });
  }
}
// V8 leaves room in the first objects of a class, which are too large to be looked into.
for (let i = 0; i < 20; i++) hold.push(new Entry());
for (let i = 0; i < 20; i++) clearTimeout(setTimeout(() => {}, 60_000));

function timer(done, ms) {
  return setTimeout(done, ms).unref();
}

/** Whoever works holds an entry of a list, in which the resolver stands or in the next one. */
exports.entries = {
  async nextTimer() {
    async function work() {
      const guard = timer(() => {}, 30_000);
      try {
        await slow();
      } finally {
        clearTimeout(guard);
      }
    }
    const before = new Promise((resolve) => timer(resolve, 30_000));
    void work();
    const after = new Promise((resolve) => timer(resolve, 30_000));
    await Promise.all([before, after]);
  },
  async ownTimer() {
    let guard;
    const promise = new Promise((resolve) => {
      guard = timer(resolve, 31_000);
    });
    async function work(held) {
      await slow();
      clearTimeout(held);
    }
    void work(guard);
    await promise;
  },
  async nextOfClass() {
    let entry;
    const promise = new Promise((resolve) => {
      entry = new Entry(() => {}, new Entry(resolve));
    });
    async function work(held) {
      await slow();
      held.resolve();
    }
    void work(entry);
    await promise;
  },
  async nextLiteral() {
    const wrap = (resolve, next) => ({ resolve, next });
    let entry;
    const promise = new Promise((resolve) => {
      entry = wrap(() => {}, wrap(resolve, null));
    });
    async function work(held) {
      await slow();
      held.resolve();
    }
    void work(entry);
    await promise;
  },
};
