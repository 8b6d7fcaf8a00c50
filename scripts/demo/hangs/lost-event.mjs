// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Somebody waits for an event that has been there already. */

import { EventEmitter, once } from 'node:events';

class Cache extends EventEmitter {
  constructor() {
    super();
    process.nextTick(() => this.emit('loaded'));
  }
}

const cache = new Cache();
const soon = () => new Promise((resolve) => setTimeout(resolve, 10));

async function warmUp() {
  await soon();
  await once(cache, 'loaded');
}

async function main() {
  await warmUp();
  console.log('listening');
}

void main();
setInterval(() => cache.listenerCount('loaded'), 60_000);
console.log('up');
