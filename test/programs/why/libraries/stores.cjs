// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for Redis, and for queues that are kept there.
'use strict';

const { Job, Queue, QueueEvents, Worker } = require('bullmq');
const IoRedis = require('ioredis');
const redis = require('redis');
const {
  SECRET,
  keep,
  park,
  peer,
  show,
  turns,
  until,
} = require('./parked.cjs');

/** Answers what clients ask when they connect, and no command. */
function redisServer() {
  const info = 'redis_version:7.2.0\r\nloading:0\r\n';
  const asked = /(?<=\r\n\$\d+\r\n)(?:info|auth|select|client)\r\n/gi;
  return peer((chunk, socket) => {
    for (const [name] of chunk.toString().matchAll(asked)) {
      const isInfo = /info/i.test(name);
      socket.write(isInfo ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
    }
  });
}

(async () => {
  const silent = await peer();
  const server = await redisServer();
  const of = { host: '127.0.0.1', password: SECRET };

  const ioredis = async (options) => {
    const client = keep(
      new IoRedis({ ...of, port: server.port, lazyConnect: true, ...options }),
    );
    await client.connect();
    return client;
  };
  const io = await ioredis({ db: 2 });
  const blocked = await ioredis();
  const subscriber = await ioredis();
  const piped = await ioredis();
  const ioSilent = keep(new IoRedis({ ...of, port: silent.port }));
  const ioNowhere = keep(
    new IoRedis({ ...of, port: 1, retryStrategy: () => 1e6 }),
  );
  let isRefused = false;
  ioNowhere.on('error', () => (isRefused = true));
  const ioConnecting = keep(
    new IoRedis({ ...of, port: silent.port, lazyConnect: true }),
  );

  const clientOf = (port, options) => {
    const client = keep(
      redis.createClient({
        socket: { host: '127.0.0.1', port },
        password: SECRET,
        ...options,
      }),
    );
    client.on('error', () => {});
    return client;
  };
  const [client, other, ofUrl] = [
    clientOf(server.port),
    clientOf(server.port),
    clientOf(server.port, {
      socket: undefined,
      url: `redis://app:${SECRET}@127.0.0.1:${server.port}/1`,
    }),
  ];
  for (const each of [client, other, ofUrl]) await each.connect();
  const unconnected = clientOf(silent.port);
  const offline = clientOf(silent.port);

  const connection = { ...of, port: server.port };
  const emails = keep(new Queue('emails', { connection }));
  const events = keep(new QueueEvents('emails', { connection }));
  await emails.waitUntilReady();
  await events.waitUntilReady();
  const sleepless = keep(
    new Queue('reports', { connection: { ...of, port: silent.port } }),
  );
  const worker = keep(
    new Worker('emails', async () => {}, { connection, autorun: false }),
  );
  await worker.waitUntilReady();

  const key = `user:${SECRET}`;
  park({
    async ioredisGet() {
      await io.get(key);
    },
    async ioredisCall() {
      await io.call('JSON.GET', key);
    },
    async ioredisBlocked() {
      await blocked.blpop(key, 0);
    },
    async ioredisPipeline() {
      await piped.pipeline().set(key, SECRET).get(key).exec();
    },
    async ioredisMulti() {
      await piped.multi().set(key, SECRET).get(key).exec();
    },
    async ioredisSubscribe() {
      await subscriber.subscribe(key);
    },
    async ioredisOffline() {
      await ioSilent.hget(key, SECRET);
    },
    async ioredisRefused() {
      await ioNowhere.set(key, SECRET);
    },
    async ioredisConnecting() {
      await ioConnecting.connect();
    },
    async redisGet() {
      await client.get(key);
    },
    async redisSendCommand() {
      await client.sendCommand(['JSON.GET', key]);
    },
    async redisBlocked() {
      await other.blPop(key, 0);
    },
    async redisMulti() {
      await client.multi().set(key, SECRET).get(key).exec();
    },
    async redisOfUrl() {
      await ofUrl.incr(key);
    },
    async redisConnecting() {
      await unconnected.connect();
    },
    async redisOffline() {
      offline.connect().catch(() => {});
      await offline.set(key, SECRET);
    },
  });
  park({
    async bullAdd() {
      await emails.add('welcome', { token: SECRET });
    },
    async bullFinished() {
      const job = new Job(emails, 'welcome', { token: SECRET }, {}, '7');
      await job.waitUntilFinished(events);
    },
    async bullReady() {
      await sleepless.waitUntilReady();
    },
    async bullWorker() {
      await worker.getNextJob(SECRET);
    },
  });
  await until(() => isRefused);
  await server.receives('BLPOP');
  await server.receives('INCR');
  await turns();
  show();
})();
