// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Waits for what nothing can settle, and blocks its thread until it is ended.

const lost = new Promise(() => {});
globalThis.kept = () => lost;

async function waits() {
  await lost;
}

void waits();
setImmediate(() => {
  for (;;);
});
