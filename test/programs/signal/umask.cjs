// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Runs under the strictest umask.

process.umask(0o777);
process.on('message', () => {});
console.log('ready');
