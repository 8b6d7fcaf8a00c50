// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** With some of ASYNCTB_DISABLE: what is still said of resources. */

const { capabilities, extract, localResource } = require('asynctb');
const { held } = require('./held.cjs');

// As TypeScript's compiler writes it.
const __addDisposableResource = (env, value, async) => {
  env.stack.push({ value, dispose() {}, async });
  return value;
};

function* compiled() {
  const env_1 = { stack: [], error: void 0, hasError: false };
  const a = __addDisposableResource(env_1, held('a'), false);
  const b = __addDisposableResource(env_1, held('b'), true);
  yield [a, b];
}

class Lock {
  label = 'lock';
}

function* locks() {
  const lock = new Lock();
  yield lock;
}

const describe = (target) => {
  target.next();
  const stack = extract(target);
  String(stack);
  return stack.frames.flatMap(({ resources }) =>
    resources.map(
      ({ value, isAsync, name, lineNumber }) =>
        `${isAsync ? 'await ' : ''}using ${name} -> ${value.label}${lineNumber === null ? '' : ' (line)'}`,
    ),
  );
};

localResource.register(Lock);
const using = process.argv[2] === 'using' ? require('./using-generator.cjs') : null;
console.log(
  JSON.stringify({
    compiled: describe(compiled()),
    using: using === null ? null : describe(using.generator()),
    local: describe(locks()),
    reason: capabilities().resources.reason,
  }),
);
