// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The least that a tracker on promise hooks does: know every pending promise. */
const { promiseHooks } = require('node:v8');

const pending = new Set();
promiseHooks.createHook({
  init: (promise) => pending.add(promise),
  settled: (promise) => pending.delete(promise),
});
