// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Reasons by who holds the functions that settle a promise: only by who uses them. */

import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { extractMany } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { ending, NOTE, started } from '../support/glue';

const require = createRequire(import.meta.url);

class Link extends EventEmitter {}

const PENDING = 'Promise { <pending> }';
const kept: unknown[] = [];

/** A promise whose functions stand in a scope that others share. */
function pair(): [promise: Promise<unknown>, accept: (value: unknown) => void] {
  let accept: ((value: unknown) => void) | undefined;
  const promise = new Promise((resolve) => {
    accept = resolve;
  });
  return [promise, accept as never];
}

async function endings(
  ...programs: (() => Promise<unknown>)[]
): Promise<string[]> {
  const targets: object[] = [];
  for (const program of programs) targets.push((await started(program)).target);
  return extractMany(targets).map(ending);
}

describe('P60 who shares the scope of a resolver', () => {
  it('P60 a timer whose callback does not use it is nothing', async () => {
    const link = new Link();
    let _ticks = 0;
    async function ask(): Promise<void> {
      const [reply, accept] = pair();
      kept.push(
        setInterval(() => {
          _ticks++;
        }, 9000).unref(),
      );
      link.on('reply', (message) => accept(message));
      await reply;
    }
    async function other(): Promise<void> {
      const [reply, accept] = pair();
      kept.push(
        setTimeout(() => {
          _ticks--;
        }, 9000).unref(),
        () => accept(1),
      );
      await reply;
    }
    expect(await endings(ask, other)).toEqual([
      NOTE('event "reply" of Link'),
      PENDING,
    ]);
    kept.push(link);
  });

  it('P60 nor one that has a variable of the same name', async () => {
    async function caller(): Promise<void> {
      const [reply, resolve] = pair();
      const timer = setInterval(() => {
        void new Promise((resolve) => resolve(1));
      }, 9000);
      kept.push(timer.unref(), () => resolve(1));
      await reply;
    }
    expect(await endings(caller)).toEqual([PENDING]);
  });

  it('P60 nor one that takes it away, or keeps a property of that name', async () => {
    async function assigns(): Promise<void> {
      let accept: unknown;
      const reply = new Promise((resolve) => {
        accept = resolve;
      });
      kept.push(
        setTimeout(() => {
          accept = undefined;
        }, 9000).unref(),
      );
      kept.push(() => accept);
      await reply;
    }
    async function property(): Promise<void> {
      const [reply, accept] = pair();
      const job = { accept: 0 };
      kept.push(
        setTimeout(() => {
          job.accept++;
        }, 9000).unref(),
        () => accept(1),
      );
      await reply;
    }
    expect(await endings(assigns, property)).toEqual([PENDING, PENDING]);
  });

  it('P60 a listener of another event is not what is waited for', async () => {
    const link = new Link();
    async function caller(): Promise<void> {
      const [reply, accept] = pair();
      link.on('progress', () => {
        kept.length++;
      });
      link.on('reply', (message) => accept(message));
      await reply;
    }
    async function nobody(): Promise<void> {
      const [reply, accept] = pair();
      link.on('progress', () => {
        kept.length++;
      });
      kept.push(() => accept(1));
      await reply;
    }
    expect(await endings(caller, nobody)).toEqual([
      NOTE('event "reply" of Link'),
      PENDING,
    ]);
    kept.push(link);
  });

  it('P60 two waits in one scope are told apart', async () => {
    const link = new Link();
    const [first, accept] = pair();
    const [second, proceed] = pair();
    link.once('first', (message) => accept(message));
    kept.push(setTimeout(() => proceed(1), 70_000).unref(), link);
    expect(
      await endings(
        async () => first.then(),
        async () => second.then(),
      ),
    ).toEqual([NOTE('event "first" of Link'), NOTE('a timer of 70,000 ms')]);
  });

  it('P60 a function beside it that calls it', async () => {
    async function caller(): Promise<void> {
      await new Promise<void>((resolve) => {
        const finish = (): void => resolve();
        kept.push(setTimeout(() => finish(), 71_000).unref());
        kept.push(
          setTimeout(() => {
            kept.length++;
          }, 72_000).unref(),
        );
      });
    }
    expect(await endings(caller)).toEqual([NOTE('a timer of 71,000 ms')]);
  });
});

describe('P60 listeners of all forms', () => {
  it('P60 on and once, with the function itself and with one that calls it', async () => {
    const link = new Link();
    const wait =
      (start: (resolve: (value: unknown) => void) => void) =>
      async (): Promise<void> => {
        await new Promise(start);
      };
    const one = wait((resolve) => link.on('one', resolve));
    const two = wait((resolve) => link.once('two', (m) => resolve(m)));
    const three = wait((resolve) => {
      link.on('three', () => {});
      link.on('three', (m) => resolve(m));
    });
    expect(await endings(one, two, three)).toEqual([
      NOTE('event "one" of Link'),
      NOTE('event "two" of Link'),
      NOTE('event "three" of Link'),
    ]);
    kept.push(link);
  });

  it('P60 a timer that gives up is the limit', async () => {
    const link = new Link();
    async function closures(): Promise<void> {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('late')), 60_000);
        timer.unref();
        link.once('reply', (message) => {
          clearTimeout(timer);
          resolve(message);
        });
      });
    }
    async function direct(): Promise<void> {
      await new Promise((resolve, reject) => {
        setTimeout(reject, 50_000, new Error('late')).unref();
        link.once('answer', resolve);
      });
    }
    expect(await endings(closures, direct)).toEqual([
      NOTE('event "reply" of Link, and a timer of 60,000 ms as the limit'),
      NOTE('event "answer" of Link, and a timer of 50,000 ms as the limit'),
    ]);
    kept.push(link);
  });
});

describe('P60 who can only reject is not what is waited for', () => {
  it('P60 a timer beside a list, a map, or an object', async () => {
    const list: unknown[] = [];
    const map = new Map<number, unknown>();
    const object: { resolve?: unknown } = {};
    kept.push(list, map, object);
    const wait =
      (start: (resolve: (value: unknown) => void) => void, ms: number) =>
      async (): Promise<void> => {
        await new Promise((resolve, reject) => {
          start(resolve);
          setTimeout(() => reject(new Error('late')), ms).unref();
        });
      };
    const guarded = await endings(
      wait((resolve) => list.push(resolve), 41_000),
      wait((resolve) => map.set(1, resolve), 42_000),
      wait((resolve) => (object.resolve = resolve), 43_000),
      async () => {
        await Promise.race([
          new Promise((_, reject) => setTimeout(reject, 44_000).unref()),
        ]);
      },
    );
    expect(guarded).toEqual([
      NOTE('a timer of 41,000 ms as the limit'),
      NOTE('a timer of 42,000 ms as the limit'),
      NOTE('a timer of 43,000 ms as the limit'),
      `║     ╚ ${NOTE('a timer of 44,000 ms as the limit')}`,
    ]);
  });

  it('P60 a timer that fulfills is waited for, another one is its limit', async () => {
    async function both(): Promise<void> {
      await new Promise((resolve, reject) => {
        setTimeout(reject, 46_000).unref();
        kept.push(setTimeout(() => resolve(1), 45_000).unref());
      });
    }
    expect(await endings(both)).toEqual([
      NOTE('a timer of 45,000 ms, and a timer of 46,000 ms as the limit'),
    ]);
  });

  it('P60 a listener of errors beside one of answers', async () => {
    const link = new Link();
    const wait =
      (start: (resolve: () => void, reject: () => void) => void) =>
      async (): Promise<void> => {
        await new Promise<void>((resolve, reject) => start(resolve, reject));
      };
    const answers = await endings(
      wait((resolve, reject) => {
        link.once('error', reject);
        link.once('answer', resolve);
      }),
      wait((resolve, reject) => {
        link.on('close', () => reject());
        link.on('message', () => resolve());
      }),
      wait((resolve, reject) => {
        const done = (): void => {
          link.off('error', failed);
          resolve();
        };
        const failed = (): void => {
          link.off('data', done);
          reject();
        };
        link.on('error', failed);
        link.on('data', done);
      }),
    );
    expect(answers).toEqual([
      NOTE('event "answer" of Link'),
      NOTE('event "message" of Link'),
      NOTE('event "data" of Link'),
    ]);
    kept.push(link);
  });

  it('P60 all events that fulfill are listed; an event that rejects is said to', async () => {
    const link = new Link();
    const several = await endings(
      async () => {
        await new Promise<void>((resolve) => {
          link.on('first', resolve);
          link.on('second', () => resolve());
        });
      },
      async () => {
        await new Promise<void>((resolve) => {
          link.once('third', resolve);
          link.once('fourth', resolve);
        });
      },
      async () => {
        await new Promise((_, reject) => link.on('error', reject));
      },
    );
    expect(several.slice(0, 2)).toEqual([
      NOTE('event "first" of Link or event "second" of Link'),
      NOTE('event "third" of Link or event "fourth" of Link'),
    ]);
    expect(several[2]).toBe(NOTE('event "error" of Link, which rejects'));
    kept.push(link);
  });

  it('P60 what aborts a call of p-queue that runs is no slot', async () => {
    const { run } = require('../programs/glue/like-p-queue.cjs') as {
      run(work: () => Promise<unknown>, signal: AbortSignal): Promise<unknown>;
    };
    const { signal } = new AbortController();
    const gate = new Promise((resolve) => kept.push(resolve));
    async function work(): Promise<void> {
      await gate;
    }
    const { target } = await started(async () => {
      await run(work, signal);
    });
    const text = extractMany([target])[0]?.format() ?? '';
    expect(text).toContain('Promise.race (2 pending)');
    expect(text).not.toContain('slot');
    kept.push(signal);
  });

  it('P60 the limit of a promise that is handed on by a callback', async () => {
    const gate = new Promise((resolve) => kept.push(resolve));
    async function inner(): Promise<void> {
      await gate;
    }
    const { target } = await started(async function caller() {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('late')), 47_000);
        timer.unref();
        inner().then(() => {
          clearTimeout(timer);
          resolve();
        }, reject);
      });
    });
    const stack = extractMany([target])[0];
    expect(stack?.frames[0]?.note).toBe('a timer of 47,000 ms as the limit');
    expect(stack?.frames.at(-1)?.functionName).toBe('inner');
  });
});
