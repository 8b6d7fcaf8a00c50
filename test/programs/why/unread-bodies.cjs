// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Connections of undici that are taken by bodies that nobody reads, and who is said to be able to release them, as
// JSON. The names of functions that wait for a connection begin with 'wait'.

const { once } = require('node:events');
const http = require('node:http');
const undici = require('undici');

const kept = (globalThis.kept = []);
const keep = (value) => (kept.push(value), value);
const never = () => new Promise((resolve) => kept.push(resolve));

async function main() {
  const server = http.createServer((request, response) => {
    if (request.url === '/read') response.end('all of it');
    else response.write('x'.repeat(100_000));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;

  const single = keep(new undici.Agent({ connections: 1 }));
  const pair = keep(new undici.Agent({ connections: 2 }));
  const client = keep(new undici.Client(url));
  const tasks = [];

  const reader = async function reader() {
    const response = await undici.fetch(`${url}/read`, { dispatcher: single });
    await response.text();
    await never();
    return response.status;
  };
  const onlyKnows = async function onlyKnows() {
    await never();
    return [single, pair, client];
  };
  const leak = async function leak(dispatcher, path) {
    const answer = await undici.fetch(url + path, { dispatcher });
    if (!answer.ok) throw new Error(path);
    await never();
    return answer.json();
  };
  const leakBody = async function leakBody() {
    const { body } = await client.request({ path: '/begun', method: 'GET' });
    await never();
    for await (const chunk of body) kept.push(chunk);
  };
  const begun = async (task) => {
    const taken = new Promise((resolve) => server.once('request', resolve));
    tasks.push(task);
    await taken;
    await new Promise((resolve) => setTimeout(resolve, 30));
  };

  await begun(reader());
  tasks.push(onlyKnows());
  await begun(leak(single, '/single'));
  await begun(leak(pair, '/first'));
  await begun(leak(pair, '/second'));
  await begun(leakBody());
  async function waitSingle() {
    await undici.fetch(`${url}/next`, { dispatcher: single });
  }
  async function waitPair() {
    await undici.fetch(`${url}/next`, { dispatcher: pair });
  }
  async function waitClient() {
    await client.request({ path: '/next', method: 'GET' });
  }
  tasks.push(waitSingle(), waitPair(), waitClient());
  setTimeout(() => {
    const { dump } = require('asynctb');
    const found = {};
    for (const { stack } of dump().threads[0].groups) {
      const [{ functionName }] = stack.frames;
      if (!functionName.startsWith('wait')) continue;
      found[functionName] = (stack.wait?.wakers ?? []).map(
        (waker) => `${waker.functionName} ${waker.variable} ${waker.count}`,
      );
    }
    console.log(JSON.stringify(found));
    process.exit();
  }, 50);
}

void main();
