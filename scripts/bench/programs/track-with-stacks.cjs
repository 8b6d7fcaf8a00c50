// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A tracker on async_hooks that can also say where: it keeps a stack for each promise. */
const { createHook } = require('node:async_hooks');

const pending = new Map();
createHook({
  init: (id) => pending.set(id, new Error().stack),
  promiseResolve: (id) => pending.delete(id),
  destroy: (id) => pending.delete(id),
}).enable();
