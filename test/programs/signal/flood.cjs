// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Sends itself 2,000 signals, and says how long that took.

const { writeSync } = require('node:fs');

const start = Date.now();
for (let i = 0; i < 2_000; i++) process.kill(process.pid, 'SIGUSR2');
writeSync(1, `in ${Date.now() - start} ms\n`);
process.exit(7);
