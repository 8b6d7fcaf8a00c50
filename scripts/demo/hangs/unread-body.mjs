// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Two sockets for a host, and nobody reads the bodies of the first two responses. */

import { Agent, createServer, get } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 2 });
const server = createServer((request, response) => {
  response.write('x'.repeat(100_000));
  if (request.url === '/price') response.end();
});
const kept = [];

function fetchPart(path) {
  const { port } = server.address();
  return new Promise((resolve, reject) => {
    get({ port, path, agent }, resolve).on('error', reject);
  });
}

async function probe(path) {
  const response = await fetchPart(path);
  // Only the status matters here.
  kept.push(response);
  return response.statusCode;
}

async function price() {
  const response = await fetchPart('/price');
  for await (const chunk of response) void chunk;
}

server.listen(0, '127.0.0.1', async () => {
  await Promise.all([probe('/health'), probe('/ready')]);
  await price();
});
console.log('up');
