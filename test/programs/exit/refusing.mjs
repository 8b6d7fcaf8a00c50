// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// As where the system refuses what the addon asks for: those of its functions that are named answer
// so. Then asynctb/register is loaded or watchdog() called, and a top-level await never settles.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const [register, what, ...names] = process.argv.slice(2);

const addon = require(
  join(
    dirname(dirname(register)),
    `build/Release/asynctb.abi${process.versions.modules}.node`,
  ),
);
for (const name of names) addon[name] = () => 'refused on purpose';

if (what === 'register') {
  require(register);
} else {
  const { watchdog } = require('asynctb');
  try {
    watchdog({ thresholdMs: 1_000 });
  } catch (error) {
    console.log(error.code, error.message);
  }
}

if (process.connected) process.disconnect();
await new Promise(() => {});
