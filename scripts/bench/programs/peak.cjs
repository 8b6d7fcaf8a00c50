// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Says at the end how much memory the process had at its peak, in MB. */
const { readFileSync } = require('node:fs');

process.on('exit', () => {
  const status = readFileSync('/proc/self/status', 'latin1');
  process.stderr.write(`${Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1024}`);
});
