// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Waits, with every file descriptor in use but for so many as the second argument says. The first one
// says what it does then: 'serve' answers messages; 'spin' keeps the loop; 'blocked' reads from a pipe
// that nobody writes to; 'dump' and 'dump-again' print dump(), of the library that the third argument
// names; 'register' loads that.

const fs = require('node:fs');

const [, , way, free, path] = process.argv;
const held = [];
const fifo = way === 'blocked' ? fs.openSync(path, 'r+') : -1;
const library = way.startsWith('dump') ? require(path) : null;
if (way === 'dump-again') library.dump();

async function leak() {
  await new Promise((resolve) => held.push(resolve));
}

function use() {
  try {
    for (;;) held.push(fs.openSync('/dev/null', 'r'));
  } catch (error) {
    if (error.code !== 'EMFILE') throw error;
  }
}

void leak();
// Before there are none: what is loaded lazily for these.
process.on('message', (message) => {
  if (message === 'ping') process.send('pong');
  else if (message === 'exit') process.exit(7);
});
console.log('begins');
use();
for (let i = 0; i < Number(free); i++) fs.closeSync(held.pop());
if (way === 'register') require(path);
if (way.startsWith('dump')) console.log(library.dump().toString());
fs.writeSync(1, 'ready\n');
while (way === 'spin');
if (way === 'blocked') fs.readSync(fifo, Buffer.alloc(1));
