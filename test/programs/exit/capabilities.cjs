// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// Loads the two entries that the arguments name, and prints why nothing native can be read.

const [register, index] = process.argv.slice(2);
require(register);
const { native } = require(index).capabilities();
console.log(native.reason);
if (process.connected) process.disconnect();
