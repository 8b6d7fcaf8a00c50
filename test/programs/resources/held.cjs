// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const { deferred, parked } = require('../forms/deferred.cjs');

/** What programs hold; `label` is what a block calls it. */
class Held {
  constructor(label, gate = null) {
    this.label = label;
    this.gate = gate;
  }
  [Symbol.dispose]() {}
  async [Symbol.asyncDispose]() {
    if (this.gate !== null) /*@dispose*/await this.gate;
  }
}

exports.Held = Held;
exports.held = (label) => new Held(label);
/** Its asynchronous disposal waits. */
exports.slow = (label, gate) => new Held(label, gate);

/** A function that is given a gate and waits for it, as a form. */
exports.formOf = (name, fn, expected, result = undefined) => ({
  name,
  result,
  expected,
  async park() {
    const gate = deferred();
    const target = fn(gate.promise);
    await parked();
    return { target, gate, finish: () => target };
  },
});

/** The same for a generator that stands at a yield. */
exports.generatorForm = (name, fn, expected) => ({
  name,
  result: { done: true, value: 'returned' },
  expected,
  async park() {
    const target = fn();
    await target.next();
    return { target, finish: () => target.return('returned') };
  },
});
