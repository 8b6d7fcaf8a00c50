// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Prints which of Node's public modules an import of the package loads that were not there
// before, and which files. Streams alone, which several of them bring along, take milliseconds.

import { createRequire } from 'node:module';

const builtins = () =>
  process.moduleLoadList
    .filter((entry) => /^NativeModule (?!internal\/)/.test(entry))
    .map((entry) => entry.slice('NativeModule '.length));

const before = new Set(builtins());
await import('asynctb');
const { cache } = createRequire(import.meta.url);
console.log(
  JSON.stringify({
    builtins: builtins().filter((name) => !before.has(name)),
    files: Object.keys(cache).map((file) => file.replace(/^.*\//, '')),
  }),
);
