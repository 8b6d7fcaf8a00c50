// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends with code 13, in a store.

import { AsyncLocalStorage } from 'node:async_hooks';

const requests = new AsyncLocalStorage();
const pending = [];

async function connect() {
  await new Promise((resolve) => pending.push(resolve));
}

// For the process to end, nothing may hold its loop.
if (process.connected) process.disconnect();
await requests.run({ requestId: 'at the end' }, connect);
