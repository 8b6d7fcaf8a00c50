// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Run with --expose-gc: how much memory many extractions and dumps leave behind, in bytes. */

const { callGraph, dump, extract } = require('asynctb');
const { deferred } = require('./deferred.cjs');

const gate = deferred();
const tasks = Array.from({ length: 100 }, async () => await gate.promise);

function round() {
  for (let i = 0; i < 20; i++) {
    extract(tasks[i], { locals: true }).format();
    callGraph(gate.promise);
    String(dump({ locals: true }));
  }
}

function used() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

for (let i = 0; i < 3; i++) round();
const before = used();
for (let i = 0; i < 10; i++) round();
console.log(JSON.stringify({ grown: used() - before }));
