// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Requests over HTTP/2, by fetch and by undici, with and without a task, on a connection, in a queue for one, and
// before there is one; and what a dump says of them, as JSON.

const { once } = require('node:events');
const http = require('node:http');
const http2 = require('node:http2');
const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
const undici = require('undici');
const { dump } = require('asynctb');

const kept = (globalThis.kept = []);
const listen = async (server) => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}`;
};

let requests = 0;
const answer = (request, response) => {
  if (request.url.startsWith('/done')) response.end();
  else if (request.url.startsWith('/begun')) response.write('x');
  requests++;
};
const secret = '?token=hunter2';

async function main() {
  const one = await listen(http.createServer(answer));
  const two = await listen(http2.createServer(answer));
  // It never says that it speaks HTTP/2, and nobody accepts at the other.
  const silent = await listen(net.createServer(() => {}));
  const tasks = [];
  const awaits = (start) => tasks.push((async () => await start())());

  const session = http2.connect(two);
  const stream = (path, method = 'GET') =>
    session.request({ ':path': path + secret, ':method': method });
  const done = stream('/done');
  done.resume();
  await once(done, 'close');
  stream('/h2/alone').on('response', () => {});
  awaits(() => once(stream('/h2/awaited', 'POST'), 'response'));
  awaits(async () => {
    for await (const chunk of stream('/begun/h2')) kept.push(chunk);
  });
  const waiting = http2.connect(silent).request({ ':path': '/h2/silent' });
  waiting.on('response', () => {});

  void fetch(`${one}/fetch/alone${secret}`);
  awaits(() => fetch(`${one}/fetch/awaited${secret}`, { method: 'PUT' }));
  fetch(`${one}/fetch/then${secret}`).then((each) => kept.push(each));
  const finished = await fetch(`${one}/done`);
  await finished.text();
  // The body is not read.
  kept.push(await fetch(`${one}/begun/fetch`));

  const client = new undici.Client(one);
  kept.push(client);
  client.dispatch(
    { path: `/client/alone${secret}`, method: 'GET' },
    {
      onConnect() {},
      onHeaders: () => true,
      onData: () => true,
      onComplete() {},
      onError() {},
    },
  );
  awaits(() => client.request({ path: '/client/queued', method: 'GET' }));
  const pool = new undici.Pool(one, { connections: 1 });
  awaits(() => pool.request({ path: '/pool/sent', method: 'DELETE' }));
  awaits(() => pool.request({ path: `/pool/waits${secret}`, method: 'GET' }));
  // Connects for ever.
  const far = new undici.Client('http://127.0.0.1:1', {
    connect(options, callback) {
      const socket = new net.Socket();
      socket.once('connect', () => callback(null, socket));
      socket.connect({ port: 1, host: 'localhost', lookup: () => {} });
    },
  });
  awaits(() => far.request({ path: '/far', method: 'GET' }));

  while (requests < 10) await sleep(1);
  const text = dump().threads[0].toString?.() ?? '';
  const { openRequests } = dump().threads[0];
  console.log(
    JSON.stringify({
      leaks: /hunter/.test(text + JSON.stringify(openRequests)),
      requests: openRequests
        .filter(({ side }) => side === 'client')
        .map(({ method, url, hasTask }) =>
          [method, url, hasTask ? 'task' : 'none'].join(' '),
        ),
    }),
  );
  process.exit();
}

void main();
