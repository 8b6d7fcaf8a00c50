// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Why tasks wait that wait in a library: each with the real one, by a dump and by an extraction. */

import { type Expected, itSaysWhy, saying } from '../support/why-libraries';

const DATABASES: Expected = {
  pgQueryOfPool: saying(
    String.raw`request: PostgreSQL at @@: SELECT \*, \? AS a FROM users WHERE token = <redacted>`,
  ),
  pgQuery: saying(
    String.raw`request: PostgreSQL at @@: SELECT \*, \? AS a FROM users WHERE token = <redacted>`,
  ),
  pgQueryBehind: saying(
    String.raw`queue: its turn at PostgreSQL at @@, 1 wait: SELECT \?`,
  ),
  pgConnecting: saying('io: a connection to PostgreSQL at @@'),
  pgPoolConnecting: saying('io: a connection to PostgreSQL at @@'),
  pgPoolEmpty: saying(
    'pool: a free client of the pg pool: 1 of 1 taken, 2 wait',
  ),
  pgPoolEmptyQuery: saying(
    'pool: a free client of the pg pool: 1 of 1 taken, 2 wait',
  ),
  mysqlQuery: saying(
    String.raw`request: MySQL at @@: SELECT \* FROM orders WHERE token = <redacted>`,
  ),
  mysqlConnecting: saying('io: a connection to MySQL at @@'),
  mysqlPoolEmpty: saying(
    'pool: a free connection of the mysql2 pool: all 1 taken',
  ),
  mysqlPoolEmptyConnection: saying(
    'pool: a free connection of the mysql2 pool: all 1 taken',
  ),
  knexQuery: saying(
    'request: PostgreSQL at @@: select \\* from "users" where "token" = <redacted>',
  ),
  knexPoolEmpty: saying(
    'pool: a free connection of the knex pool: 1 of 1 taken, 2 wait(, and a timer of 60,000 ms as the limit)?',
  ),
  knexTransaction: saying(
    'pool: a free connection of the knex pool: 1 of 1 taken, 2 wait(, and a timer of 60,000 ms as the limit)?',
  ),
  genericPoolEmpty: saying('pool: a free resource of a generic-pool'),
};

itSaysWhy('databases', DATABASES, {
  hidden: [
    'pgPoolConnecting',
    'pgPoolEmpty',
    'pgPoolEmptyQuery',
    'pgQueryOfPool',
  ],
  limited: ['knexPoolEmpty', 'knexTransaction'],
});
