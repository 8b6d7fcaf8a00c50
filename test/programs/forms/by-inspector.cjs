// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Single generators in all states. Prints what is known of each: the same with and without
 * native reading. Its argument says what is peculiar about the process.
 */

const { Session } = require('node:inspector');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { inspect } = require('node:util');
const { extract, extractMany } = require('asynctb');
const { describeStack, runFormatters } = require('./describe-stack.cjs');

const peculiarity = process.argv[2] ?? 'none';

function* simple/*@simple*/(a, b = 2) {
  const sum = a + b;
  {
    const inner = [sum];
    /*@simple-yield*/yield inner;
  }
}

const receivers = [{ plain: true }, 'text', 5, null, undefined, Symbol.iterator, 10n, -0, NaN];

function* strict() {
  'use strict';
  /*@strict*/yield this;
}

class Service {
  #hidden = 1;
  *items() {
    /*@items*/yield this.#hidden;
  }
  static async *make() {
    /*@make*/yield 1;
  }
}

async function* asyncGenerator/*@async*/(gate) {
  for await (const /*@for-await*/{ a /*@pattern*/} of [gate]) void a;
}

// prettier-ignore
const minified = function* minified() { let a = 1; for (const b of [a]) { /*@minified*/yield b; } };
const long = eval(`(function* long() { ${'a => a;'.repeat(100)} yield 1; ${'a => a;'.repeat(100)} })\n//# sourceURL=long.js`);

const started = (generator) => {
  generator.next();
  return generator;
};

const finished = (generator) => {
  generator.return();
  return generator;
};

function look() {
  const service = new Service();
  const withProperties = Object.defineProperties(started(simple(1)), {
    getter: {
      enumerable: true,
      get() {
        throw new Error('a getter was run');
      },
    },
    number: { enumerable: true, value: 1 },
    array: { enumerable: true, value: [1] },
  });
  const targets = {
    notStarted: simple(1),
    notStartedMethod: service.items(),
    notStartedAsync: asyncGenerator(),
    started: started(simple(1)),
    finished: finished(simple(1)),
    method: started(service.items()),
    withProperties,
    minified: started(minified()),
    long: started(long()),
  };
  receivers.forEach((receiver, index) => {
    targets[`receiver ${index}`] = started(strict.call(receiver));
  });
  const before = Reflect.ownKeys(globalThis).length;
  const stacks = extractMany(Object.values(targets), { locals: true });
  const result = Object.keys(targets).map((name, index) => {
    const stack = stacks[index];
    runFormatters(stack);
    const single = extract(targets[name], { locals: true });
    const [frame] = stack.frames;
    return {
      name,
      block: describeStack(stack),
      same: describeStack(single) === describeStack(stack),
      lineText: frame?.lineText,
      locals: inspect({ ...frame?.locals }),
      receiver: inspect(frame?.receiver).split('\n')[0],
      function:
        frame === undefined ||
        [simple, strict, service.items, asyncGenerator, minified, long].includes(
          frame.function,
        ),
      origin: frame === undefined || frame.origin === targets[name],
      identity:
        !name.startsWith('receiver') ||
        Object.is(frame.receiver, receivers[Number(name.slice(9))]),
    };
  });
  const left = Reflect.ownKeys(globalThis).length - before;
  return { result, left };
}

/** A program that the inspector looks at already, with its debugger. */
function attached() {
  const session = new Session();
  session.connect();
  session.post('Runtime.enable');
  session.post('Debugger.enable');
  session.post('Debugger.setPauseOnExceptions', { state: 'all' });
  const events = [];
  session.on('Debugger.paused', () => events.push('paused'));
  const found = look();
  let works = false;
  session.post('Runtime.evaluate', { expression: '1 + 1' }, (error, { result }) => {
    works = error === null && result.value === 2;
  });
  return { ...found, works, events };
}

function inWorker() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { argv: ['none'] });
    worker.on('message', resolve);
    worker.on('error', reject);
  });
}

async function main() {
  let ran = false;
  switch (peculiarity) {
    case 'frozen':
      Object.freeze(globalThis);
      return look();
    case 'attached':
      return attached();
    case 'worker':
      return inWorker();
    case 'microtask': {
      Promise.resolve().then(() => {
        ran = true;
      });
      process.nextTick(() => {
        ran = true;
      });
      const found = look();
      return { ...found, ran };
    }
    default:
      return look();
  }
}

main().then((found) => {
  if (isMainThread) console.log(JSON.stringify(found));
  else parentPort.postMessage(found);
});
