// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const { deferred, parked } = require('./deferred.cjs');

/** A form that waits for a gate: `start` gets the gate's promise, and returns what to look into. */
exports.waiting = (
  name,
  start,
  expected,
  result,
  finish = (target) => target,
) => ({
  name,
  park: async () => {
    const gate = deferred();
    const target = start(gate.promise);
    await parked();
    return { target, gate, finish: () => finish(target) };
  },
  expected,
  result,
});
