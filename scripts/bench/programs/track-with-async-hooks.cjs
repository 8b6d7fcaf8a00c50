// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The least that a tracker on async_hooks does: know every promise that has not been settled. */
const { createHook } = require('node:async_hooks');

const pending = new Map();
createHook({
  init: (id, type, trigger) => pending.set(id, trigger),
  promiseResolve: (id) => pending.delete(id),
  destroy: (id) => pending.delete(id),
}).enable();
