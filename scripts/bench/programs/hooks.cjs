// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

const { asynctb, milliseconds, serve } = require('./serve.cjs');

function* nest(depth) {
  if (depth === 1) yield 'innermost';
  else yield* nest(depth - 1);
}

function __addDisposableResource(env, value, async) {
  env.stack.push({ value, dispose: value.dispose, async });
  return value;
}

const resource = { dispose() {} };

/** What TypeScript makes of `using`, for a Node that has none. */
function* hold(depth) {
  const env_1 = { stack: [], error: void 0, hasError: false };
  try {
    const held = __addDisposableResource(env_1, resource, false);
    if (depth === 1) yield held;
    else yield* hold(depth - 1);
  } catch (e_1) {
    env_1.error = e_1;
    env_1.hasError = true;
  } finally {
    env_1.stack.length = 0;
  }
}

/** The engine's own, where it has it. */
function holdNatively() {
  return new Function(
    'resource',
    `return function* hold(depth) {
      using held = resource;
      if (depth === 1) yield held;
      else yield* hold(depth - 1);
    };`,
  )({ [Symbol.dispose]() {} });
}

function started(make, depth) {
  const generator = make(depth);
  generator.next();
  return generator;
}

/** Microseconds a frame. */
function perFrame(depth, repetitions, work) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < repetitions; i++) work();
  return (milliseconds(start) * 1000) / repetitions / depth;
}

function extractHolding(make, depth, repetitions) {
  const { extract } = asynctb();
  const generator = started(make, depth);
  const { frames } = extract(generator);
  const found = frames.flatMap(({ resources }) => resources);
  if (frames.length !== depth || found.length !== depth || !found[0].name) {
    throw new Error(`${found.length} resources in ${frames.length} frames`);
  }
  return perFrame(depth, repetitions, () => extract(generator));
}

let taken = [];

serve({
  extract(depth, repetitions) {
    const { extract } = asynctb();
    const generator = started(nest, depth);
    return perFrame(depth, repetitions, () => extract(generator));
  },
  withResources(depth, repetitions) {
    return extractHolding(hold, depth, repetitions);
  },
  /** 0 where this Node has no `using`. */
  withUsing(depth, repetitions) {
    let make;
    try {
      make = holdNatively();
    } catch {
      return 0;
    }
    return extractHolding(make, depth, repetitions);
  },
  format(depth, repetitions) {
    const { extract } = asynctb();
    const stack = extract(started(nest, depth));
    return perFrame(depth, repetitions, () => stack.format());
  },
  stringify(depth, repetitions) {
    const { extract } = asynctb();
    const stack = extract(started(nest, depth));
    return perFrame(depth, repetitions, () => JSON.stringify(stack));
  },
  /** Of what `toJSON` has made of it before. */
  stringifyPlain(depth, repetitions) {
    const { extract } = asynctb();
    const data = extract(started(nest, depth)).toJSON();
    return perFrame(depth, repetitions, () => JSON.stringify(data));
  },
  register(count) {
    const { customize } = asynctb();
    for (let i = 0; i < count; i++) {
      // A source of its own each: one source would be one function.
      const fn = new Function(`return function* f${i}() { yield ${i}; };`)();
      taken.push(customize(fn, { hide: true }));
    }
    return taken.length;
  },
  takeBack() {
    for (const each of taken) each();
    taken = [];
    return 0;
  },
});
