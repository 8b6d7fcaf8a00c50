// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

const { milliseconds, serve } = require('./serve.cjs');

async function leaf() {}

async function roundTrips(count) {
  for (let i = 0; i < count; i++) await leaf();
}

serve({
  /** Nanoseconds a round trip. */
  async run(count) {
    const start = process.hrtime.bigint();
    await roundTrips(count);
    return (milliseconds(start) * 1e6) / count;
  },
});
