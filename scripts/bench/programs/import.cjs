// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

const { pathToFileURL } = require('node:url');
const { milliseconds, serve } = require('./serve.cjs');

serve({
  /** Milliseconds to import an ES module for the first time. */
  async load(file) {
    const url = pathToFileURL(file).href;
    const start = process.hrtime.bigint();
    await import(url);
    return milliseconds(start);
  },
});
