// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Imports a plugin whose imports import this module in the end: none of them can go on. How it is
// looked at, its argument says: not at all, by dump(), extract() or callGraph().

import { createRequire } from 'node:module';

export const registry = new Map();
const [how] = process.argv.slice(2);
const target = import('./plugin.mjs');
console.log('ready');
// Its channel to the test would keep it alive.
if (how === undefined) process.disconnect();
else process.once('message', look);
const plugins = await Promise.all([import('./other.mjs'), target]);
console.log('never reached', plugins.length);

function look() {
  const { callGraph, dump, extract } = createRequire(import.meta.url)(
    'asynctb',
  );
  if (how === 'dump') console.log(String(dump()));
  if (how === 'extract') console.log(String(extract(target)));
  if (how === 'graph') console.log(String(callGraph(target)));
  process.exit();
}
