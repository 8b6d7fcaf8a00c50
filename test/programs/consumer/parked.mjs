// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Waits in a place whose name is easy to find in a dump; ends with its standard input.

async function parkedForever(signal) {
  await signal;
}

process.stdin.resume();
void parkedForever(new Promise((resolve) => process.stdin.on('end', resolve)));
process.stdout.write('ready\n');
