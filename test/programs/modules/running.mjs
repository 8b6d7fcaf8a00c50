// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Runs at its top level, after an await of its own, when it is looked at.

const hold = [];

async function idle() {
  await new Promise((resolve) => hold.push(resolve));
}

idle();
await null;
process.kill(process.pid, 'SIGUSR2');
process.stdout.write('running\n');
const end = Date.now() + 1_000;
while (Date.now() < end);
process.exit();
