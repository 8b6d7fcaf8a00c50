// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Starts what waits, and says which of it is suspended and which of it nothing can ever settle. Arguments: a
// directory with a pipe in it; how often to look.

const { dump } = require('asynctb');
const live = require('./live-waits.cjs');
const dead = require('./dead-waits.cjs');

const [, , directory, times = '1'] = process.argv;

/** Names of functions in a stack, and in its branches. */
function* namesOf(stack) {
  for (const frame of stack.frames) {
    yield frame.functionName;
    for (const branch of frame.branches) yield* namesOf(branch);
  }
}

const only = (groups) =>
  [...new Set(groups.flatMap(({ stack }) => [...namesOf(stack)]))]
    .filter((name) => /^(?:live|dead)_/u.test(name))
    .sort();

/** Once V8 has collected what only a weak reference has, nothing settles what that would have settled. */
const isAlive = (name) =>
  name !== 'live_weakRef' || globalThis.weak.deref() !== undefined;

function look() {
  const own = dump({ stuck: true, explain: false }).threads[0];
  return {
    suspended: only(own.groups),
    stuck: only(own.groups.filter(({ verdict }) => verdict === 'stuck')).filter(
      isAlive,
    ),
    error: own.error?.message ?? null,
  };
}

const turn = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));

(async function main() {
  await live.start(directory);
  // What has yet to get to where it waits for long does so within a few turns of the loop.
  for (let last = -1, same = 0; same < 4; await turn(20)) {
    const { length } = only(dump({ explain: false }).threads[0].groups);
    same = length === last ? same + 1 : 0;
    last = length;
  }
  dead.start();
  for (let i = 0; i < 5; i++) await turn();
  for (let i = 0; i < Number(times); i++) {
    console.log(JSON.stringify(look()));
    await turn();
  }
  live.end();
  process.kill(process.pid, 'SIGKILL');
})();
