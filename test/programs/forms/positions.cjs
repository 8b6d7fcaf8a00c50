// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Async functions whose innermost throws once it goes on: V8's own error then lists the others. */

async function thrower(gate) {
  await gate;
  throw new Error('resumed');
}

// prettier-ignore
const oneLine = async (gate) => { const a = await 1; return a + await thrower(gate) + await 2; };

// prettier-ignore
async function list(gate) {
	return [1,
			await /* a comment */ oneLine(gate), 2];
}

class Reader {
  async *read(gate) {
    yield await list(gate);
  }
  async all(gate) {
    const all = [];
    for await (const item of this.read(gate)) all.push(item);
    return all;
  }
}

const wide = async (gate) => ({ 'ünïcödé 🎉': await new Reader().all(gate) });

async function conditional(gate) {
  return (await 0) ? await 1 : (await 2, await wide(gate));
}

// prettier-ignore
async function template(gate) {
  return `${await 1} and ${await conditional(gate)
  } and ${await 3}`;
}

async function combined(gate) {
  return await Promise.all([template(gate)]);
}

async function optional(gate) {
  const service = { combined };
  return (await service?.combined?.(gate)) ?? 'nothing';
}

exports.outermost = optional;
