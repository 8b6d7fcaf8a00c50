// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

const { asynctb, milliseconds, serve } = require('./serve.cjs');

// What nobody can settle is garbage, and may be gone before it is looked at.
const settlers = [];

async function parked() {
  await new Promise((settle) => settlers.push(settle));
}

/** Milliseconds of the first call in this process, loading the package excluded. */
function first(use) {
  const loaded = asynctb();
  const promise = parked();
  const start = process.hrtime.bigint();
  use(loaded, promise);
  return milliseconds(start);
}

serve({
  load() {
    const start = process.hrtime.bigint();
    asynctb();
    return milliseconds(start);
  },
  capabilities: () => first(({ capabilities }) => capabilities()),
  extract: () =>
    first(({ extract }, promise) => {
      const { length } = extract(promise);
      if (length !== 1) throw new Error(`${length} frames instead of 1`);
    }),
  dump: () => first(({ dump }) => dump()),
});
