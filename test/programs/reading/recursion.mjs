// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Thirty requests that retry by calling themselves, each at another depth; thirty whose functions call each
// other in turn; and thirty inputs of one Promise.all.

const hold = [];
const parked = () => new Promise((resolve) => hold.push(resolve));

async function tryOnce(id, attempt) {
  if (attempt === 8 * id) await parked();
  throw new Error('refused');
}

async function withRetry(id, attempt) {
  try {
    return await tryOnce(id, attempt);
  } catch {
    return await withRetry(id, attempt + 1);
  }
}

async function request(id) {
  return await withRetry(id, 0);
}

async function ping(left) {
  await pong(left);
}

async function pong(left) {
  if (left === 0) await parked();
  else await ping(left - 1);
}

async function page(left) {
  if (left === 0) await parked();
  else await page(left - 1);
}

async function all() {
  await Promise.all(Array.from({ length: 30 }, (_, index) => page(index + 4)));
}

for (let id = 1; id <= 30; id++) {
  request(id);
  ping(id + 4);
}
all();
process.on('message', () => process.send('pong'));
