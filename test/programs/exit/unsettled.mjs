// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends with code 13: its top-level await waits for an answer that never comes.

async function handshake() {
  await new Promise(() => {});
}

async function connect() {
  await handshake();
}

// For the process to end, nothing may hold its loop.
if (process.connected) process.disconnect();
await connect();
