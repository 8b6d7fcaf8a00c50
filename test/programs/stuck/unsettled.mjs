// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Ends while its module waits for what nothing can settle. */

const lost = new Promise(() => {});
globalThis.kept = () => lost;

async function waits() {
  await lost;
}

process.disconnect?.();
void waits();
await lost;
