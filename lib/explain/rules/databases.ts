// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Clients of databases and their pools. */

import { rulesOf } from '../rule.js';

export const databases = rulesOf([
  // pg, pg-pool
  {
    classes: ['PendingItem'],
    kind: 'pool',
    text: 'a free client of the pg pool[: {$._clients#} of {$.options.max} taken][, {$._pendingQueue#} wait]',
    heldAs: ['_pendingQueue'],
    rank: 30,
  },
  {
    classes: ['Query', 'Cursor'],
    kind: 'request',
    text: 'PostgreSQL at {$.host}[:{$.port}][: {text|sql}]',
    heldAs: ['_activeQuery', 'activeQuery', '_sentQueryQueue'],
    rank: 30,
  },
  {
    classes: ['Query', 'Cursor'],
    kind: 'queue',
    text: 'its turn at PostgreSQL at {$.host}[:{$.port}][, {$._queryQueue#} wait][, {$.queryQueue#} wait][: {text|sql}]',
    heldAs: ['_queryQueue', 'queryQueue'],
    rank: 30,
  },
  {
    classes: ['Client'],
    kind: 'io',
    text: 'a connection to PostgreSQL at {host}[:{port}]',
    through: ['_connectionCallback'],
    rank: 28,
  },
  // mysql2
  {
    classes: ['Query', 'Execute', 'Prepare'],
    kind: 'request',
    text: 'MySQL[ at {$.config.host}][:{$.config.port}]: {sql|mysql}',
    heldAs: ['_command'],
    rank: 30,
  },
  {
    classes: ['Query', 'Execute', 'Prepare'],
    kind: 'queue',
    text: 'its turn at MySQL[ at {$.config.host}][:{$.config.port}]: {sql|mysql}',
    heldAs: ['_commands'],
    rank: 29,
  },
  {
    classes: ['Pool'],
    kind: 'pool',
    text: 'a free connection of the mysql2 pool: all {config.connectionLimit} taken',
    through: ['_connectionQueue'],
    rank: 30,
  },
  {
    classes: ['Connection', 'PoolConnection'],
    kind: 'io',
    text: 'a connection to MySQL at {config.host}[:{config.port}]',
    through: ['_events'],
    when: { authorized: false },
    rank: 28,
  },
  // tarn, which knex has
  {
    classes: ['PendingOperation'],
    kind: 'pool',
    text: 'a free connection of the knex pool: {$.used#} of {$.max} taken[, {$.pendingCreates#} being made][, {$.pendingAcquires#} wait]',
    heldAs: ['pendingAcquires'],
    within: 'KnexPool',
    rank: 31,
  },
  {
    classes: ['PendingOperation'],
    kind: 'pool',
    text: 'a free resource of a tarn pool: {$.used#} of {$.max} taken[, {$.pendingCreates#} being made][, {$.pendingAcquires#} wait]',
    heldAs: ['pendingAcquires'],
    rank: 30,
  },
  // generic-pool
  {
    classes: ['ResourceRequest'],
    kind: 'pool',
    text: 'a free resource of a generic-pool[: {$._allObjects#} of {$._config.max} taken][, {$._factoryCreateOperations#} being made]',
    heldAs: ['_waitingClientsQueue'],
    rank: 29,
  },
  {
    classes: ['ResourceRequest'],
    kind: 'pool',
    text: 'a free resource of a generic-pool',
    within: 'DoublyLinkedList',
    rank: 28,
  },
]);
