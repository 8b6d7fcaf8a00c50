// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

const { serve, processorNanoseconds } = require('./serve.cjs');

async function leaf() {}

async function roundTrips(count) {
  for (let i = 0; i < count; i++) await leaf();
}

serve({
  /** Nanoseconds of processor time a round trip. */
  async run(count) {
    const start = processorNanoseconds();
    await roundTrips(count);
    return (processorNanoseconds() - start) / count;
  },
});
