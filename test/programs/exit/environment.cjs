// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Prints what is switched off after it has changed its environment: in this thread, in a worker with
// an environment of its own, and in one that shares this one.

const { once } = require('node:events');
const {
  isMainThread,
  parentPort,
  SHARE_ENV,
  Worker,
} = require('node:worker_threads');
const { capabilities } = require('asynctb');

const off = () =>
  Object.entries(capabilities())
    .filter(([, { reason }]) => /ASYNCTB_DISABLE/.test(reason ?? ''))
    .map(([name]) => name);

async function main() {
  process.env.ASYNCTB_DISABLE = 'positions,inspector';
  const found = { main: off() };
  for (const [name, env] of [
    ['empty', {}],
    ['other', { ASYNCTB_DISABLE: 'native' }],
    ['shared', SHARE_ENV],
  ]) {
    const worker = new Worker(__filename, { env });
    [found[name]] = await once(worker, 'message');
  }
  console.log(JSON.stringify(found));
  process.exit();
}

if (isMainThread) void main();
else parentPort.postMessage(off());
