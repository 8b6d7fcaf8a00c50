// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// What the threads of a pool run, by the name of what they are to do.

const { callGraph, registerThread } = require('asynctb');

registerThread();

const pending = new Promise(() => {});
const names = (frames) => frames.map((frame) => frame.functionName);

const TASKS = {
  async waits() {
    await pending;
  },
  async waitsElsewhere() {
    await pending;
  },
  spins() {
    for (;;);
  },
  async awaitedBy() {
    await null;
    const found = [];
    let graph = callGraph();
    for (; graph !== undefined; graph = graph.awaitedBy[0]) {
      found.push(...names(graph.stack.frames).reverse());
    }
    return found;
  },
};

module.exports = function task(name) {
  return TASKS[name]();
};
