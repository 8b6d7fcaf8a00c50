// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// Is idle for far longer than the watchdog's threshold, then blocks its loop until it is dumped,
// and prints what it was given.

const { watchdog } = require('asynctb');

// Above what a loop stands still for because the machine is busy.
const threshold = 250;
const start = process.hrtime.bigint();
const elapsed = () => Number(process.hrtime.bigint() - start) / 1e6;

function blockTheLoop() {
  const until = elapsed() + 8 * threshold;
  while (elapsed() < until);
}

watchdog({
  thresholdMs: threshold,
  onBlocked(dump) {
    const [thread] = dump.threads;
    console.log(
      JSON.stringify({
        reason: dump.reason,
        threads: dump.threads.length,
        functions: thread.running.frames.map((frame) => frame.functionName),
      }),
    );
  },
});
setTimeout(() => {
  console.log('blocking');
  blockTheLoop();
  setTimeout(() => {}, threshold);
}, 4 * threshold);
