// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for PostgreSQL and MySQL, and for connections of pools.
'use strict';

const genericPool = require('generic-pool');
const knex = require('knex');
const mysql2 = require('mysql2');
const mysql = require('mysql2/promise');
const pg = require('pg');
const {
  SECRET,
  keep,
  park,
  peer,
  show,
  turns,
  until,
} = require('./parked.cjs');

const message = (type, ...parts) => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};

/** Lets clients in, says its version, and answers no other query. */
function postgres() {
  const ready = message('Z', Buffer.from('I'));
  const zeros = (count) => Buffer.alloc(count);
  const welcome = [message('R', zeros(4)), message('K', zeros(8)), ready];
  const text = 'PostgreSQL 16.0';
  const version = [
    message('T', Buffer.from('\0\x01version\0'), zeros(18)),
    message(
      'D',
      Buffer.from(`\0\x01\0\0\0${String.fromCharCode(text.length)}${text}`),
    ),
    message('C', Buffer.from('SELECT 1\0')),
    ready,
  ];
  const known = new Set();
  return peer((chunk, socket) => {
    if (!known.has(socket)) socket.write(Buffer.concat(welcome));
    else if (chunk.includes('version()')) socket.write(Buffer.concat(version));
    known.add(socket);
  });
}

/** The same of MySQL. */
async function mysqlServer() {
  const server = mysql2.createServer();
  const queries = [];
  server.on('connection', (connection) => {
    keep(connection).serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.0',
      connectionId: 7,
      statusFlags: 2,
      characterSet: 8,
      capabilityFlags: 0xffffff ^ 0x800,
      authCallback(_, done) {
        done(null);
        connection._resetSequenceId();
      },
    });
    connection.on('error', () => {});
    connection.on('query', (sql) => queries.push(sql));
  });
  await new Promise((resolve) => keep(server).listen(0, '127.0.0.1', resolve));
  return { port: server._server.address().port, queries };
}

(async () => {
  const server = await postgres();
  const silent = await peer();
  const of = {
    host: '127.0.0.1',
    user: 'app',
    password: SECRET,
    database: 'shop',
  };
  const pool = keep(new pg.Pool({ ...of, port: server.port, max: 1 }));
  const single = keep(new pg.Client({ ...of, port: server.port }));
  const sql = `SELECT *, '${SECRET}' AS a FROM users WHERE token = $1`;
  await single.connect();

  const mysqls = await mysqlServer();
  const myPool = keep(
    mysql.createPool({ ...of, port: mysqls.port, connectionLimit: 1 }),
  );
  const mySql = `SELECT * FROM orders WHERE token = '${SECRET}'`;

  const db = keep(
    knex({
      client: 'pg',
      connection: { ...of, port: server.port },
      pool: { min: 0, max: 1 },
    }),
  );
  const resources = keep(
    genericPool.createPool(
      { create: async () => ({}), destroy: async () => {} },
      { max: 2 },
    ),
  );
  await resources.acquire();
  await resources.acquire();

  park({
    async pgQueryOfPool() {
      await pool.query(sql, [SECRET]);
    },
    async pgQuery() {
      await single.query({ text: sql, values: [SECRET] });
    },
    async pgQueryBehind() {
      await single.query('SELECT 2');
    },
    async pgConnecting() {
      await keep(new pg.Client({ ...of, port: silent.port })).connect();
    },
    async pgPoolConnecting() {
      await keep(new pg.Pool({ ...of, port: silent.port })).query('SELECT 3');
    },
    async mysqlQuery() {
      await myPool.query(mySql);
    },
    async mysqlConnecting() {
      await mysql.createConnection({ ...of, port: silent.port });
    },
    async knexQuery() {
      await db('users').where({ token: SECRET });
    },
    async genericPoolEmpty() {
      await resources.acquire();
    },
  });
  await turns();
  park({
    async pgPoolEmpty() {
      const client = await pool.connect();
      client.release();
    },
    async pgPoolEmptyQuery() {
      await pool.query('SELECT 4');
    },
    async mysqlPoolEmpty() {
      await myPool.query('SELECT 5');
    },
    async mysqlPoolEmptyConnection() {
      await myPool.getConnection();
    },
    async knexPoolEmpty() {
      await db('orders').select();
    },
    async knexTransaction() {
      await db.transaction(async () => {});
    },
  });
  await server.receives('select * from "users"');
  await until(() => mysqls.queries.length > 0);
  await turns();
  show();
})();
