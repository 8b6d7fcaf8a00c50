// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Ends with code 13 beside the tasks of planted.cjs, in a function whose variables hold secrets. */

import './planted.cjs';

const pending = [];

async function login(password, url) {
  await new Promise((resolve) => pending.push(resolve));
  return [password, url];
}

// For the process to end, nothing may hold its loop.
if (process.connected) process.disconnect();
await login('pl4nted-hunter2', 'postgres://bob:pl4nted@db.internal/app');
