// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Three requests that wait, and a loop that answers messages: 'ping', 'self', 'exit', 'end' or
// 'throw'.

async function query() {
  await new Promise((resolve) => pending.push(resolve));
}

async function handle() {
  await query();
}

const pending = [];
for (let i = 0; i < 3; i++) void handle();

process.on('message', (message) => {
  if (message === 'ping') process.send('pong');
  else if (message === 'self') process.kill(process.pid, 'SIGUSR2');
  else if (message === 'exit') process.exit(7);
  else if (message === 'end') process.disconnect();
  else if (message === 'throw') throw new Error('thrown on purpose');
});

console.log('ready');
