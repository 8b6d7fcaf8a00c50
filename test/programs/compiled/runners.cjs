// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Runs what a compiler has made of the async functions below: `argv[2]` is the name of the way, `argv[3]` a file
 * with the compiled text. Prints what `dump` says of its groups, and waits for a signal.
 */

const { readFileSync } = require('node:fs');
const { runInThisContext } = require('node:vm');
const { dump, extract } = require('asynctb');

const keep = [];
const gate = () => new Promise((resolve) => keep.push(resolve));

const own = {
  co(co) {
    return co(function* outer() {
      yield co(function* middle() {
        yield [gate(), gate()];
      });
    });
  },
  byHand() {
    function run(iterator) {
      return new Promise((resolve, reject) => {
        function step(value) {
          const { done, value: next } = iterator.next(value);
          if (done) resolve(next);
          else Promise.resolve(next).then(step, reject);
        }
        step();
      });
    }
    return run(
      (function* outer() {
        const middle = function* middle() {
          yield gate();
        };
        yield run(middle());
      })(),
    );
  },
  // No runner: a callback that has a generator, and settles something.
  idle() {
    const notStarted = (function* never() {
      yield 1;
    })();
    return new Promise((resolve) => {
      gate().then(
        function done() {
          resolve(notStarted);
        },
        function failed() {
          resolve(notStarted);
        },
      );
    });
  },
};

const [, , way, file] = process.argv;
const start =
  own[way] ??
  runInThisContext(readFileSync(file, 'utf8'), { filename: 'compiled.js' });
const target = way === 'co' ? start(require('co')) : start(gate);
keep.push(target);

setImmediate(() => {
  const [thread] = dump().threads;
  const framesOf = (stack) =>
    stack.frames.map(
      ({ kind, functionName, lineText }) =>
        `${kind} ${functionName} | ${lineText.trim()}`,
    );
  console.log(
    JSON.stringify({
      groups: thread.groups.map(({ count, stack }) => ({
        count,
        frames: framesOf(stack),
      })),
      extracted: framesOf(extract(target)),
    }),
  );
  setInterval(() => {}, 1_000);
});
