// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for WebSockets, Socket.IO, Kafka and RabbitMQ.
'use strict';

const { once } = require('node:events');
const amqp = require('amqplib');
const defs = require('amqplib/lib/defs');
const { Kafka, logLevel } = require('kafkajs');
const { Server } = require('socket.io');
const { io } = require('socket.io-client');
const WebSocket = require('ws');
const { SECRET, keep, park, peer, show, turns } = require('./parked.cjs');

/** Opens connections and channels, and answers nothing else. */
function rabbit() {
  const opened = Buffer.from('');
  const answers = new Map([
    [
      defs.ConnectionStartOk,
      [defs.ConnectionTune, { channelMax: 0, frameMax: 4096, heartbeat: 0 }],
    ],
    [defs.ConnectionOpen, [defs.ConnectionOpenOk, { knownHosts: '' }]],
    [defs.ChannelOpen, [defs.ChannelOpenOk, { channelId: opened }]],
    [defs.ConfirmSelect, [defs.ConfirmSelectOk, {}]],
  ]);
  const start = {
    versionMajor: 0,
    versionMinor: 9,
    serverProperties: {},
    mechanisms: Buffer.from('PLAIN'),
    locales: Buffer.from('en_US'),
  };
  return peer((chunk, socket) => {
    if (chunk.toString('latin1', 0, 4) === 'AMQP') {
      socket.write(defs.encodeMethod(defs.ConnectionStart, 0, start));
      return;
    }
    for (let at = 0; at + 7 < chunk.length;) {
      const answer =
        chunk[at] === 1 ? answers.get(chunk.readUInt32BE(at + 7)) : undefined;
      const channel = chunk.readUInt16BE(at + 1);
      if (answer !== undefined)
        socket.write(defs.encodeMethod(answer[0], channel, answer[1]));
      at += chunk.readUInt32BE(at + 3) + 8;
    }
  });
}

/** Says which versions of requests it knows, and answers nothing else. */
function kafkaBroker() {
  return peer((chunk, socket) => {
    const API_VERSIONS = 18;
    if (chunk.readInt16BE(4) !== API_VERSIONS) return;
    const known = [
      [3, 0, 6],
      [API_VERSIONS, 0, 2],
    ];
    const body = Buffer.alloc(4 + 4 + 2 + 4 + known.length * 6 + 4);
    body.writeInt32BE(body.length - 4, 0);
    body.writeInt32BE(chunk.readInt32BE(8), 4);
    body.writeInt32BE(known.length, 10);
    known.flat().forEach((value, i) => body.writeInt16BE(value, 14 + 2 * i));
    socket.write(body);
  });
}

async function webSockets() {
  const server = keep(
    new WebSocket.WebSocketServer({ port: 0, host: '127.0.0.1' }),
  );
  await once(server, 'listening');
  return `ws://127.0.0.1:${server.address().port}`;
}

async function socketIo() {
  const server = keep(new Server());
  server.listen(0);
  await once(server.httpServer, 'listening');
  return `http://127.0.0.1:${server.httpServer.address().port}`;
}

(async () => {
  const query = `token=${SECRET}`;
  const silent = await peer();
  const sockets = await webSockets();
  const feed = keep(new WebSocket(`${sockets}/feed?${query}`));
  await once(feed, 'open');

  const rooms = await socketIo();
  const to = { transports: ['websocket'], auth: { token: SECRET } };
  const room = keep(io(`${rooms}/orders`, { ...to, query: { token: SECRET } }));
  const main = keep(io(rooms, { ...to, forceNew: true }));
  await once(main, 'connect');
  const lost = keep(io(`http://127.0.0.1:${silent.port}/lost?${query}`, to));

  const broker = await kafkaBroker();
  const settings = {
    logLevel: logLevel.NOTHING,
    requestTimeout: 1e6,
    connectionTimeout: 1e6,
    clientId: 'shop',
  };
  const kafka = (port) =>
    new Kafka({ ...settings, brokers: [`127.0.0.1:${port}`] });
  const producer = keep(kafka(broker.port).producer());

  const rabbitPeer = await rabbit();
  const url = (port) => `amqp://app:${SECRET}@127.0.0.1:${port}`;
  const connection = keep(await amqp.connect(url(rabbitPeer.port)));
  const channel = keep(await connection.createChannel());
  const confirms = keep(await connection.createConfirmChannel());

  park({
    async wsOpens() {
      await once(
        keep(new WebSocket(`ws://127.0.0.1:${silent.port}/open?${query}`)),
        'open',
      );
    },
    async wsMessage() {
      await new Promise((resolve) => feed.once('message', resolve));
    },
    async wsOnce() {
      await once(feed, 'message');
    },
    async wsPong() {
      await new Promise((resolve) => feed.once('pong', () => resolve()));
    },
    async ioAck() {
      await main.emitWithAck('buy', { token: SECRET });
    },
    async ioAckInTime() {
      await main.timeout(60_000).emitWithAck('sell', { token: SECRET });
    },
    async ioAckByHand() {
      await new Promise((resolve) => main.emit('buy', SECRET, resolve));
    },
    async ioMessage() {
      await new Promise((resolve) => main.once('price', resolve));
    },
    async ioConnecting() {
      await once(lost, 'connect');
    },
    async ioAckConnecting() {
      await lost.emitWithAck('buy', { token: SECRET });
    },
    async kafkaConnecting() {
      await keep(kafka(silent.port).producer()).connect();
    },
    async kafkaMetadata() {
      await producer.connect();
      await producer.send({ topic: 'orders', messages: [{ value: SECRET }] });
    },
    async rabbitConnecting() {
      await amqp.connect(url(silent.port));
    },
    async rabbitQueue() {
      await channel.assertQueue('emails', { arguments: { token: SECRET } });
    },
    async rabbitQueueBehind() {
      await channel.consume('emails', () => {});
    },
    async rabbitConfirms() {
      confirms.publish('', 'emails', Buffer.from(SECRET));
      await confirms.waitForConfirms();
    },
  });
  await silent.receives('/open');
  await silent.receives('shop');
  await silent.receives('AMQP');
  await broker.receives('orders');
  await rabbitPeer.receives(SECRET);
  await turns();
  show();
})();
