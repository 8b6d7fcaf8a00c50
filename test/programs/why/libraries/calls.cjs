// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for remote procedures of gRPC, and for requests over HTTP/2.
'use strict';

const { once } = require('node:events');
const http2 = require('node:http2');
const grpc = require('@grpc/grpc-js');
const {
  SECRET,
  keep,
  park,
  peer,
  show,
  turns,
  until,
} = require('./parked.cjs');

const bytes = (value) => Buffer.from(JSON.stringify(value));
const method = (path, streams) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes,
  requestDeserialize: JSON.parse,
  responseSerialize: bytes,
  responseDeserialize: JSON.parse,
  ...streams,
});
const SERVICE = {
  get: method('/shop.Orders/Get'),
  watch: method('/shop.Orders/Watch', { responseStream: true }),
  put: method('/shop.Orders/Put', { requestStream: true }),
  talk: method('/shop.Orders/Talk', {
    requestStream: true,
    responseStream: true,
  }),
};

/** Takes calls, and answers none. */
async function ordersServer() {
  const called = [];
  const server = keep(new grpc.Server());
  const silence = {};
  for (const name of Object.keys(SERVICE))
    silence[name] = () => called.push(name);
  server.addService(SERVICE, silence);
  const port = await new Promise((resolve) => {
    server.bindAsync(
      '127.0.0.1:0',
      grpc.ServerCredentials.createInsecure(),
      (_, port) => resolve(port),
    );
  });
  return { called, port };
}

/** The same of HTTP/2: headers and the beginning of a body, or nothing. */
async function http2Server() {
  const asked = [];
  const server = keep(http2.createServer());
  server.on('stream', (stream, headers) => {
    asked.push(headers[':path']);
    keep(stream).on('error', () => {});
    if (!headers[':path'].startsWith('/begun')) return;
    stream.respond({ ':status': 200 });
    stream.write('x');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, port: server.address().port };
}

(async () => {
  const { called, port } = await ordersServer();
  const silent = await peer();
  const Orders = grpc.makeGenericClientConstructor(SERVICE, 'Orders');
  const plain = grpc.credentials.createInsecure();
  const orders = keep(new Orders(`127.0.0.1:${port}`, plain));
  const unreachable = keep(new Orders(`127.0.0.1:${silent.port}`, plain));
  const metadata = new grpc.Metadata();
  metadata.set('authorization', SECRET);

  const server = await http2Server();
  const query = `token=${SECRET}`;
  const session = keep(http2.connect(`http://127.0.0.1:${server.port}`));
  const request = (path, headers) =>
    session.request({
      ':path': `${path}?${query}`,
      authorization: SECRET,
      ...headers,
    });

  park({
    async unaryCall() {
      await new Promise((resolve, reject) => {
        orders.get({ token: SECRET }, metadata, (error, value) =>
          error ? reject(error) : resolve(value),
        );
      });
    },
    async serverStream() {
      for await (const each of orders.watch({ token: SECRET })) void each;
    },
    async clientStream() {
      await new Promise((resolve) => {
        orders.put(metadata, resolve).write({ token: SECRET });
      });
    },
    async bothStreams() {
      const call = orders.talk(metadata);
      call.write({ token: SECRET });
      for await (const each of call) void each;
    },
    async callConnecting() {
      await new Promise((resolve) =>
        unreachable.get({ token: SECRET }, resolve),
      );
    },
    async channelReady() {
      await new Promise((resolve, reject) =>
        unreachable.waitForReady(Date.now() + 1_000_000, (error) =>
          error ? reject(error) : resolve(),
        ),
      );
    },
    async http2Response() {
      await once(request('/slow'), 'response');
    },
    async http2ByHand() {
      const stream = request('/posted', { ':method': 'POST' });
      await new Promise((resolve) => stream.on('response', resolve));
    },
    async http2Body() {
      for await (const chunk of request('/begun')) void chunk;
    },
    async http2Settings() {
      const other = keep(http2.connect(`http://127.0.0.1:${silent.port}`));
      await once(other, 'remoteSettings');
    },
  });
  await until(() => called.length === 4 && server.asked.length === 3);
  await turns(20);
  show();
})();
