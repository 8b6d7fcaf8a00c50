// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Clients of databases and their pools. */

import { rulesOf } from '../rule.js';

export const databases = rulesOf([
  // pg, pg-pool
  {
    classes: ['PendingItem'],
    kind: 'pool',
    text: 'a free client of the pg pool[: {BoundPool._clients#} of {BoundPool.options.max} taken][: {Pool._clients#} of {Pool.options.max} taken][, {BoundPool._pendingQueue#} wait][, {Pool._pendingQueue#} wait]',
    rank: 30,
  },
  {
    classes: ['Query'],
    kind: 'request',
    text: 'PostgreSQL at {Client.host}[:{Client.port}][: {text|sql}]',
    within: 'Client',
    rank: 28,
  },
  {
    classes: ['Client'],
    kind: 'io',
    text: 'a connection to PostgreSQL at {host}[:{port}]',
    within: 'Connection',
    rank: 16,
  },
  // mysql2
  {
    classes: ['Query', 'Execute', 'Prepare'],
    kind: 'request',
    text: 'MySQL: {sql|sql}',
    rank: 26,
  },
  {
    classes: ['ClientHandshake'],
    kind: 'io',
    text: 'the handshake with MySQL',
    rank: 26,
  },
  // tarn, which knex has
  {
    classes: ['PendingOperation'],
    kind: 'pool',
    text: 'a free connection of a tarn pool[: {Pool.used#} of {Pool.max} taken][, {Pool.pendingAcquires#} wait]',
    within: 'Pool',
    rank: 28,
  },
  // generic-pool
  {
    classes: ['ResourceRequest'],
    kind: 'pool',
    text: 'a free resource of a generic-pool[ of {Pool.options.max}]',
    rank: 28,
  },
  // ioredis, redis
  {
    classes: ['Command'],
    kind: 'request',
    text: 'Redis: {name}',
    rank: 26,
  },
  {
    classes: ['RedisCommandsQueue', 'CommandsQueue'],
    kind: 'request',
    text: 'a command of Redis',
    rank: 24,
  },
  {
    classes: ['Redis'],
    kind: 'io',
    text: 'Redis[ ({status})]',
    rank: 18,
  },
  // mongodb
  {
    classes: ['WaitQueueMember'],
    kind: 'pool',
    text: 'a free connection of the MongoDB pool',
    rank: 28,
  },
  {
    classes: ['ConnectionPool'],
    kind: 'pool',
    text: 'a free connection of the MongoDB pool[ of {options.maxPoolSize}]',
    rank: 22,
  },
  {
    classes: ['Topology'],
    kind: 'io',
    text: 'a server of MongoDB that can be used',
    rank: 20,
  },
]);
