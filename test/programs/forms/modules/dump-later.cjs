// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Preloaded: waits until the program waits at the gates that `GATES` names, prints the dump's
 * stacks, opens the gates, and prints once more when it ends.
 */

const { dump } = require('asynctb');
const { describeStack, runFormatters } = require('../describe-stack.cjs');

const names = process.env.GATES.split(',');
const result = {};

function look() {
  if (!names.every((name) => globalThis.gates?.[name])) {
    setImmediate(look);
    return;
  }
  const found = dump();
  result.groups = found.threads[0].groups.map(({ count, stack }) => {
    runFormatters(stack);
    return { count, block: describeStack(stack, false) };
  });
  result.text = String(found);
  for (const name of names) globalThis.gates[name](name);
}

setImmediate(look);
process.on('exit', (code) => {
  console.log(JSON.stringify({ ...result, code }));
});
