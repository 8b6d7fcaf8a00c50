// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Imports `module.mjs` and says what it holds at each stop. */

import { createRequire } from 'node:module';
import deferreds from '../forms/deferred.cjs';

const { extract } = createRequire(import.meta.url)('asynctb');
const { deferred, parked } = deferreds;

const stops = ['in a block', 'in a loop', 'at the end', 'on the way out'];
const gates = new Map(stops.map((name) => [name, deferred()]));
const first = deferred();

/** What the module waits for. */
export function opened(name) {
  first.resolve();
  return gates.get(name).promise;
}

const describe = ({ value, isAsync, isExiting, name, lineNumber }) =>
  `${isAsync ? 'await ' : ''}using ${name} -> ${value.label} ${lineNumber}${isExiting ? ' exiting' : ''}`;

// Not at the top level: the module waits for this one to have ended.
async function main() {
  const found = {};
  const loading = import('./module.mjs');
  await first.promise;
  for (const name of stops) {
    await parked();
    const stack = extract(loading);
    String(stack);
    const frame = stack.frames.find(({ kind }) => kind === 'module');
    found[name] = (frame?.resources ?? []).map(describe);
    gates.get(name).resolve();
  }
  console.log(JSON.stringify({ found, label: (await loading).label }));
}

main();
