// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Two transfers take the same two locks, in opposite order. */

import { Mutex } from 'async-mutex';

const locks = new Map([
  ['alice', new Mutex()],
  ['bob', new Mutex()],
]);
const soon = () => new Promise((resolve) => setTimeout(resolve, 10));

async function transfer(from, to) {
  const releaseFrom = await locks.get(from).acquire();
  await soon();
  const releaseTo = await locks.get(to).acquire();
  releaseTo();
  releaseFrom();
}

void transfer('alice', 'bob');
void transfer('bob', 'alice');
setInterval(() => locks.size, 60_000);
console.log('up');
