// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends with code 13 and no file descriptor left.

import { openSync } from 'node:fs';

const held = [];

async function connect() {
  await new Promise((resolve) => held.push(resolve));
}

process.disconnect();
try {
  for (;;) held.push(openSync('/dev/null', 'r'));
} catch {
  // There are none any more.
}
await connect();
