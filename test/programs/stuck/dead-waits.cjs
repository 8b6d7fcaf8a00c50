// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Waits that nothing will ever end. Those of `held` are not even garbage: what waits, or what it waits for, is
// held by something that cannot settle it.

const { EventEmitter, on, once } = require('node:events');

const held = (globalThis.heldDead = { map: new Map(), list: [] });
const keep = (value) => {
  held.list.push(value);
  return value;
};
const forget = () => {};
const bus = new EventEmitter();

/** A generator that is run as an async function, as compilers write it. */
function run(generator) {
  return new Promise((resolve, reject) => {
    const step = (value) => {
      const { done, value: next } = generator.next(value);
      if (done) resolve(next);
      else Promise.resolve(next).then(step, reject);
    };
    step();
  });
}

class Lock {
  #waiting = [];
  #taken = false;
  async take() {
    if (this.#taken) {
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#taken = true;
  }
}

exports.held = {
  async dead_heldNever() {
    await (held.never = new Promise(() => {}));
  },
  async dead_heldInMap() {
    const promise = new Promise(() => {});
    held.map.set('promise', promise);
    await promise;
  },
  async dead_heldInList() {
    await keep(new Promise(() => {}));
  },
  async dead_heldInClosure() {
    const promise = new Promise(() => {});
    keep(() => promise);
    await promise;
  },
  async dead_heldInBound() {
    const promise = new Promise(() => {});
    keep(function () {}.bind(null, promise));
    await promise;
  },
  async dead_heldInWeakMap() {
    const promise = new Promise(() => {});
    keep(new WeakMap([[held, promise]]));
    await promise;
  },
  async dead_mutualA() {
    await null;
    await held.mutualB;
  },
  async dead_mutualB() {
    await null;
    await held.mutualA;
  },
  async dead_self() {
    await null;
    await held.self;
  },
};

exports.dropped = {
  // Its promise is held, which holds it no longer than a collection.
  async dead_heldTask() {
    await new Promise(() => {});
  },
  async dead_never() {
    await new Promise(() => {});
  },
  async dead_emitter() {
    await once(new EventEmitter(), 'never');
  },
  async dead_events() {
    for await (const event of on(new EventEmitter(), 'never')) forget(event);
  },
  async dead_callback() {
    await new Promise((resolve) => forget(resolve));
  },
  async dead_miss() {
    const users = new Map();
    await new Promise((resolve) => {
      if (users.has(1)) resolve();
    });
  },
  async dead_clearedTimer() {
    await new Promise((resolve) => clearTimeout(setTimeout(resolve, 1e6)));
  },
  async dead_removedListener() {
    await new Promise((resolve) => {
      bus.once('never', resolve);
      bus.removeListener('never', resolve);
    });
  },
  async dead_lock() {
    const lock = new Lock();
    await lock.take();
    await lock.take();
  },
  async dead_abort() {
    const { signal } = new AbortController();
    await new Promise((resolve) => {
      signal.onabort = resolve;
    });
  },
  async dead_chain() {
    await (async function dead_chain2() {
      await (async function dead_chain3() {
        await new Promise(() => {});
      })();
    })();
  },
  async dead_all() {
    await Promise.all([new Promise(() => {}), 1]);
  },
  async dead_race() {
    await Promise.race([new Promise(() => {}), new Promise(() => {})]);
  },
  async dead_any() {
    await Promise.any([new Promise(() => {})]);
  },
  async dead_settled() {
    await Promise.allSettled([new Promise(() => {})]);
  },
  async dead_then() {
    await new Promise(() => {}).then(() => 1);
  },
  async dead_finally() {
    await new Promise(() => {}).finally(() => {});
  },
  async dead_adopted() {
    await new Promise((resolve) => resolve(new Promise(() => {})));
  },
  async dead_returned() {
    await (async () => new Promise(() => {}))();
  },
  async dead_iterated() {
    async function* dead_generator() {
      yield await new Promise(() => {});
    }
    for await (const each of dead_generator()) forget(each);
  },
  async dead_iteratedSync() {
    for await (const each of [new Promise(() => {})]) forget(each);
  },
  async dead_subclass() {
    class Waiting extends Promise {}
    await new Waiting(() => {});
  },
  async dead_thenable() {
    await { then() {} };
  },
  async dead_otherDead() {
    await new Promise((resolve) => {
      void (async function dead_owner() {
        await new Promise(() => {});
        resolve();
      })();
    });
  },
  dead_compiled() {
    return run(
      (function* dead_compiled() {
        yield new Promise(() => {});
      })(),
    );
  },
};

exports.start = function start() {
  for (const [name, each] of Object.entries(exports.held)) {
    const promise = each();
    if (name === 'dead_mutualA') held.mutualA = promise;
    if (name === 'dead_mutualB') held.mutualB = promise;
    if (name === 'dead_self') held.self = promise;
  }
  for (const [name, each] of Object.entries(exports.dropped)) {
    const promise = each();
    if (name === 'dead_heldTask') held.task = promise;
  }
};
