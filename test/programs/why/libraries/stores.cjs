// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for Redis, for queues that are kept there, and for MongoDB.
'use strict';

const { Job, Queue, QueueEvents, Worker } = require('bullmq');
const IoRedis = require('ioredis');
const { BSON, MongoClient } = require('mongodb');
const mongoose = require('mongoose');
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

/** Says hello, and answers nothing else. */
function mongoServer() {
  const hello = BSON.serialize({
    ok: 1,
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    maxWireVersion: 21,
    minWireVersion: 0,
    maxBsonObjectSize: 1 << 24,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(0),
  });
  return peer((chunk, socket) => {
    if (!/hello|ismaster/i.test(chunk.toString('latin1'))) return;
    const OP_QUERY = 2004;
    const isOld = chunk.readInt32LE(12) === OP_QUERY;
    const head = Buffer.alloc(isOld ? 36 : 21);
    head.writeInt32LE(head.length + hello.length, 0);
    head.writeInt32LE(chunk.readInt32LE(4), 8);
    head.writeInt32LE(isOld ? 1 : 2013, 12);
    if (isOld) head.writeInt32LE(1, 32);
    socket.write(Buffer.concat([head, hello]));
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

  const mongo = async (port, options = {}) => {
    const url = `mongodb://127.0.0.1:${port}/?serverSelectionTimeoutMS=1000000`;
    return keep(new MongoClient(url, { maxPoolSize: 1, ...options }));
  };
  const mongoPeer = await mongoServer();
  const [finds, full, ofMongoose] = [
    await mongo(mongoPeer.port, { maxPoolSize: 9 }),
    await mongo(mongoPeer.port),
    mongoose.createConnection(`mongodb://127.0.0.1:${mongoPeer.port}/shop`),
  ];
  await finds.connect();
  await full.connect();
  await keep(ofMongoose).asPromise();
  const users = finds.db('shop').collection('users');
  const Cart = ofMongoose.model(
    'Cart',
    new mongoose.Schema(
      { token: String },
      { autoIndex: false, autoCreate: false },
    ),
  );
  const lost = await mongo(1);

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
    async mongoFindOne() {
      await users.findOne({ token: SECRET });
    },
    async mongoToArray() {
      await users.find({ token: SECRET }).toArray();
    },
    async mongoInsert() {
      await users.insertOne({ token: SECRET });
    },
    async mongoAggregate() {
      await users.aggregate([{ $match: { token: SECRET } }]).toArray();
    },
    async mongoCommand() {
      await finds.db('shop').command({ ping: 1, comment: SECRET });
    },
    async mongooseFindOne() {
      await Cart.findOne({ token: SECRET });
    },
    async mongoNoServer() {
      await lost.db('shop').collection('orders').insertOne({ token: SECRET });
    },
    async mongoHolds() {
      await full.db('shop').collection('jobs').findOne({ token: SECRET });
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
  await mongoPeer.receives('jobs');
  park({
    async mongoPoolEmpty() {
      await full
        .db('shop')
        .collection('users')
        .updateOne({ token: SECRET }, { $set: { a: 1 } });
    },
  });
  await mongoPeer.receives('carts');
  await mongoPeer.receives('ping');
  await until(() => isRefused);
  await server.receives('BLPOP');
  await server.receives('INCR');
  await turns();
  show();
})();
