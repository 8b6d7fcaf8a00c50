// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Clients of Redis and MongoDB. */

import { ArrayConcat, SetFrom } from '../../base/lists.js';
import { RegExpTest } from '../../base/patterns.js';
import {
  SetPrototypeHas,
  StringPrototypeToLowerCase,
} from '../../base/primordials.js';
import { eventNameOf } from '../events.js';
import { fill, hasAll, type Rule, ruleOf, rulesOf } from '../rule.js';
import type { Thing } from '../thing.js';

/** Commands that Redis answers only when there is something for them. */
const BLOCKING = SetFrom([
  'blmove',
  'blmpop',
  'blpop',
  'brpop',
  'brpoplpush',
  'bzmpop',
  'bzpopmax',
  'bzpopmin',
  'wait',
  'waitaof',
]);

/** What a client of ioredis has besides its options: the class may be called `EventEmitter`. */
const OF_IOREDIS = ['_autoPipelines', '_runningAutoPipelines'];

/** The second is a script that a program has defined. */
const COMMANDS = ['Command', 'CustomScriptCommand'];

const command = ruleOf({
  classes: COMMANDS,
  kind: 'request',
  text: 'Redis at {$.options.host}:{$.options.port}: {name}',
  heldAs: ['commandQueue'],
  holderHas: OF_IOREDIS,
  whenHolder: { status: 'ready' },
  rank: 30,
});

/** A command of ioredis that was sent. */
const sent: Rule = {
  ...command,
  explain(found) {
    const explained = command.explain(found);
    const name = found.thing.text('name');
    if (explained === null || name === null) return null;
    return SetPrototypeHas(BLOCKING, StringPrototypeToLowerCase(name))
      ? { ...explained, text: `${explained.text}, which blocks until it can` }
      : explained;
  },
};

/** `connect()` of ioredis. */
const connecting: Rule = {
  classes: ['EventEmitter', 'Redis'],
  rank: 28,
  explain({ thing, path }) {
    if (!SetPrototypeHas(SetFrom(['connect', 'ready']), eventNameOf(path)))
      return null;
    if (!hasAll(thing, OF_IOREDIS)) return null;
    const text = fill(
      'a connection to Redis at {options.host}:{options.port} ({status})',
      thing,
    );
    return text === null ? null : { kind: 'io', text };
  },
};

const COMMAND = /^[a-z][\w.-]*$/i;

/** The name of the command that a client of redis was asked for, as far as a caller has it. */
function askedOf(promise: Thing | undefined): string | null {
  const name = promise?.text('call.redis') ?? null;
  return name !== null && RegExpTest(COMMAND, name) ? name : null;
}

/** Of redis: what it replies to, which its queue has not kept. */
const asked: Rule = {
  classes: ['RedisCommandsQueue'],
  // Less than what is not connected.
  rank: 28.5,
  explain(found) {
    const name = askedOf(found.promise);
    if (name === null) return null;
    const explained = ruleOf({
      classes: [],
      kind: 'request',
      text: 'Redis[ at {$.#options.socket.host}:{$.#options.socket.port}]',
      through: ['#waitingForReply'],
      heldAs: ['#queue'],
    }).explain(found);
    if (explained === null) return null;
    const blocks = SetPrototypeHas(BLOCKING, StringPrototypeToLowerCase(name))
      ? ', which blocks until it can'
      : '';
    return { ...explained, text: `${explained.text}: ${name}${blocks}` };
  },
};

/** Commands of MongoDB whose first property has the collection. */
const OF_COLLECTIONS = SetFrom([
  'aggregate',
  'count',
  'create',
  'createIndexes',
  'delete',
  'distinct',
  'drop',
  'dropIndexes',
  'find',
  'findAndModify',
  'insert',
  'listIndexes',
  'mapReduce',
  'update',
]);

/** ` to find in shop.orders`: what MongoDB was asked for. */
function mongoCommand(promise: Thing | undefined): string | null {
  const name = promise?.text('call.command') ?? null;
  if (name === null || !RegExpTest(COMMAND, name)) return null;
  const database = promise?.text('call.database') ?? null;
  const collection = SetPrototypeHas(OF_COLLECTIONS, name)
    ? (promise?.text('call.collection') ?? null)
    : null;
  if (database === null) return name;
  return collection === null
    ? `${name} in ${database}`
    : `${name} in ${database}.${collection}`;
}

const mongo: Rule = {
  classes: ['Connection', 'CryptoConnection'],
  rank: 31,
  explain(found) {
    const command = mongoCommand(found.promise);
    if (command === null) return null;
    const explained = ruleOf({
      classes: [],
      kind: 'request',
      text: 'MongoDB at {address}',
      through: ['dataEvents', 'messageStream'],
      when: { established: true },
    }).explain(found);
    return explained === null
      ? null
      : { ...explained, text: `${explained.text}: ${command}` };
  },
};

export const stores: readonly Rule[] = ArrayConcat(
  [sent, connecting, asked, mongo],
  rulesOf([
    // ioredis
    {
      classes: COMMANDS,
      kind: 'request',
      text: 'Redis at {$.options.path|path}: {name}',
      heldAs: ['commandQueue'],
      holderHas: OF_IOREDIS,
      whenHolder: { status: 'ready' },
      rank: 31,
    },
    {
      classes: COMMANDS,
      kind: 'io',
      text: 'a connection to Redis at {$.options.host}:{$.options.port} ({$.status}), to send {name}',
      heldAs: ['offlineQueue'],
      holderHas: OF_IOREDIS,
      rank: 30,
    },
    {
      classes: COMMANDS,
      kind: 'io',
      text: 'a connection to Redis at {$.options.path|path} ({$.status}), to send {name}',
      heldAs: ['offlineQueue'],
      holderHas: OF_IOREDIS,
      rank: 31,
    },
    {
      classes: COMMANDS,
      kind: 'io',
      text: 'a connection to a cluster of Redis ({$.status}), to send {name}',
      heldAs: ['offlineQueue'],
      holderHas: ['_autoPipelines', 'slots'],
      rank: 29,
    },
    // Such as `auth`, which is part of connecting.
    {
      classes: COMMANDS,
      kind: 'io',
      text: 'a connection to Redis at {$.options.host}:{$.options.port}: {name}',
      heldAs: ['commandQueue'],
      holderHas: OF_IOREDIS,
      whenHolder: { status: 'connect' },
      rank: 27,
    },
    {
      classes: ['Pipeline'],
      kind: 'request',
      text: 'Redis at {options.host}:{options.port}: a pipeline of {_queue#} commands',
      through: ['resolve'],
      has: ['_result', 'redis.status'],
      rank: 32,
    },
    // redis
    {
      classes: ['RedisCommandsQueue'],
      kind: 'request',
      text: 'a reply of Redis[ at {$.#options.socket.host}:{$.#options.socket.port}]',
      through: ['#waitingForReply'],
      heldAs: ['#queue'],
      rank: 28,
    },
    {
      classes: ['RedisCommandsQueue'],
      kind: 'io',
      text: 'a connection to Redis[ at {$.#options.socket.host}:{$.#options.socket.port}]',
      heldAs: ['#queue'],
      whenHolder: { '#socket.#isReady': false },
      rank: 29,
    },
    {
      classes: ['RedisCommandsQueue'],
      kind: 'queue',
      text: 'its turn to be sent to Redis[ at {$.#options.socket.host}:{$.#options.socket.port}]',
      through: ['#toWrite'],
      heldAs: ['#queue'],
      rank: 28,
    },
    {
      classes: ['RedisCommandsQueue', 'CommandsQueue'],
      kind: 'request',
      text: 'a command of Redis',
      within: 'RedisSocket',
      rank: 24,
    },
    // mongodb
    {
      classes: ['Connection', 'CryptoConnection'],
      kind: 'request',
      text: 'a reply of MongoDB at {address}',
      through: ['dataEvents', 'messageStream'],
      when: { established: true },
      rank: 30,
    },
    {
      classes: ['Connection', 'CryptoConnection'],
      kind: 'io',
      text: 'a connection to MongoDB at {address}',
      through: ['dataEvents', 'messageStream'],
      when: { established: false },
      rank: 30,
    },
    {
      classes: ['ConnectionPool'],
      kind: 'pool',
      text: 'a free connection of the MongoDB pool[ at {options.hostAddress.host}:{options.hostAddress.port}]: {checkedOut#} of {options.maxPoolSize} taken, {waitQueue.count} wait',
      through: ['waitQueue'],
      rank: 30,
    },
    {
      classes: ['Topology'],
      kind: 'io',
      text: 'a server of MongoDB that can be used, at {s.seedlist.0.host}:{s.seedlist.0.port}[ ({s.description.type})]',
      through: ['waitQueue'],
      rank: 28,
    },
  ]),
);
