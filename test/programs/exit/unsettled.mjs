// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends with code 13: its top-level await waits for an answer that never comes. Somebody could still
// give it, or V8 might collect all but the module before it is looked at.

const pending = [];

async function handshake() {
  await new Promise((resolve) => pending.push(resolve));
}

async function connect() {
  await handshake();
}

// For the process to end, nothing may hold its loop.
if (process.connected) process.disconnect();
await connect();
