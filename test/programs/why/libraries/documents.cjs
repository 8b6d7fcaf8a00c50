// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for MongoDB.
'use strict';

const { BSON, MongoClient } = require('mongodb');
const mongoose = require('mongoose');
const { SECRET, keep, park, peer, show, turns } = require('./parked.cjs');

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
  await turns();
  show();
})();
