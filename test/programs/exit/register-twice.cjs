// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// Two copies of the package in one process: the second one leaves everything to the first.
const [file] = process.argv.slice(2);
require(file);
const before = process.listenerCount('beforeExit');
for (const name of Object.keys(require.cache)) delete require.cache[name];
require(file);
console.log(before, process.listenerCount('beforeExit'));
