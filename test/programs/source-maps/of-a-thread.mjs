// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Runs a program as a worker, and prints what dump() says of that. */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const { dump } = createRequire(import.meta.url)('../../../dist/index.js');
const worker = new Worker(process.argv[2], { argv: ['wait'] });
await once(worker, 'message');
console.error(String(dump({ threads: [worker.threadId] })));
process.exit(0);
