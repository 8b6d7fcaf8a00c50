// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Requests of several kinds, and what a dump says of them, as JSON.

const http = require('node:http');
const { once } = require('node:events');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { dump } = require('asynctb');

const later = new Map();
const forever = (globalThis.forever = new Promise((resolve) => {
  setTimeout(resolve, 1e6);
}));
let open = 0;

async function handle(request, response) {
  await forever;
  response.end();
}

/** It has no request: what is called when it ends has. */
async function lookUp() {
  await forever;
}

const server = http.createServer((request, response) => {
  if (request.url === '/done') {
    response.end();
  } else if (request.url.startsWith('/task')) {
    open++;
    void handle(request, response);
  } else if (request.url.startsWith('/answer')) {
    open++;
    void lookUp().then(() => response.end());
  } else {
    open++;
    later.set(request.url, response);
  }
});

async function main() {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const send = (method, path) =>
    http.request({ host: '127.0.0.1', port, path, method, agent: false });
  const done = send('GET', '/done').end();
  const [answer] = await once(done, 'response');
  answer.resume();
  await once(answer, 'end');
  // Nothing but its own listeners stands behind these two.
  send('POST', '/jobs/1?token=secret').end('{}');
  send('PUT', '/jobs/2').end('{}');
  send('GET', '/task/3').end();
  send('GET', '/answer/5').end();
  // This one is awaited.
  const awaited = (async () => {
    await once(send('GET', '/jobs/4').end(), 'response');
  })();
  while (open < 5) await new Promise((resolve) => setTimeout(resolve, 1));
  const [own] = dump().threads;
  const said = {
    requests: own.openRequests,
    resources: own.activeResources,
    json: JSON.parse(JSON.stringify(own)).openRequests,
  };
  if (isMainThread) console.log(JSON.stringify(said));
  else parentPort.postMessage(said);
  process.exit();
  return awaited;
}

if (isMainThread && process.argv[2] === 'worker') {
  new Worker(__filename).on('message', (said) => {
    console.log(JSON.stringify(said));
    process.exit();
  });
} else {
  void main();
}
