// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends with an async function still waiting, and no top-level await.

async function park() {
  await new Promise(() => {});
}

void park();
process.disconnect();
