// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

const { asynctb, milliseconds, serve } = require('./serve.cjs');

function* nest(depth) {
  if (depth === 1) yield 'innermost';
  else yield* nest(depth - 1);
}

function recurse(depth, bottom) {
  return depth === 1 ? bottom() : recurse(depth - 1, bottom);
}

/** Microseconds a frame. */
function perFrame(depth, repetitions, work) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < repetitions; i++) work();
  return (milliseconds(start) * 1000) / repetitions / depth;
}

serve({
  extract(depth, repetitions) {
    const { extract } = asynctb();
    const generator = nest(depth);
    generator.next();
    const options = { resources: false, locals: false };
    const found = extract(generator, options).length;
    if (found !== depth) throw new Error(`${found} frames instead of ${depth}`);
    return perFrame(depth, repetitions, () => extract(generator, options));
  },
  errorStack(depth, repetitions) {
    Error.stackTraceLimit = depth;
    return recurse(depth - 1, () =>
      perFrame(depth, repetitions, () => new Error().stack),
    );
  },
});
