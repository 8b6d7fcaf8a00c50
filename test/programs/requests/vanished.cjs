// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Five requests whose handlers wait for what nobody will settle. They are collected when the test says so.

const http = require('node:http');
const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

const lookup = () => new Promise(() => {});
let come = 0;
const server = http.createServer(async (request, response) => {
  if (++come === 5) console.log('ready');
  response.end(await lookup(request.url));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  for (let i = 0; i < 5; i++) {
    const path = `/users/${i}?password=hunter${i}`;
    http.get({ host: '127.0.0.1', port, path, agent: false });
  }
});
process.on('message', () => {
  gc();
  console.log('collected');
});
