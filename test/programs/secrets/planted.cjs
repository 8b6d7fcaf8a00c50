// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Holds secrets in its variables, names of events, threads and errors, and shows itself by every door.
 * Each secret contains the word `pl4nted`, and so do the arguments that it is started with. The first
 * one says how: `api` prints all that the library gives, `signal` waits for one, `exit` ends unsettled,
 * `watchdog` does not return to its loop, `scrub` and `title` take the command line back.
 */

const { once, EventEmitter } = require('node:events');
const { Worker, isMainThread } = require('node:worker_threads');
const asynctb = require('asynctb');

const SECRET = 'pl4nted-hunter2';
const RANDOM = 'q7pl4ntedXz2WmK4tNc8YbJ';
const JWT =
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbDRudGVkIn0.pl4ntedP4J3jVmNHl0w5NXgL0n3I9PlFUP0';
const PEM = `-----BEGIN PRIVATE KEY-----\nMIIEowpl4ntedKCAQEA\n-----END PRIVATE KEY-----`;
const emitter = new EventEmitter();
emitter.setMaxListeners(0);
const never = new Promise(() => {});

async function byName() {
  const password = SECRET;
  const userPwd = SECRET;
  const passcode = `${SECRET}-2`;
  const sentryDsn = `https://${SECRET}@sentry/1`;
  const connectionString = `Server=x;Password=${SECRET}`;
  const jwt = SECRET;
  const bearer = SECRET;
  const authHeader = SECRET;
  const awsAccessKeyId = SECRET;
  const SIGNING_KEY = SECRET;
  const otp = `${SECRET}`;
  const cvv = SECRET;
  const pin = Symbol(SECRET);
  const cookies = { sid: SECRET };
  const api_key = Buffer.from(SECRET);
  const tokens = [SECRET];
  await never;
  return [
    password,
    userPwd,
    passcode,
    sentryDsn,
    connectionString,
    jwt,
    bearer,
    authHeader,
    awsAccessKeyId,
    SIGNING_KEY,
    otp,
    cvv,
    pin,
    cookies,
    api_key,
    tokens,
  ];
}

async function byValue() {
  const url = `postgres://bob:${SECRET}@db.internal/app`;
  const header = `Bearer ${SECRET}`;
  const basic = `Basic ${Buffer.from(`bob:${SECRET}`).toString('base64')}pl4nted1`;
  const text = JWT;
  const pem = PEM;
  const value = RANDOM;
  const query = `SELECT 1 WHERE password = '${SECRET}'`;
  const line = `${'many words before it '.repeat(3)}token=${SECRET}${'x'.repeat(5000)}`;
  const long = `${'word '.repeat(14)}postgres://bob:${SECRET.repeat(300)}@db`;
  const huge = RANDOM.repeat(50_000);
  const json = JSON.stringify({ user: 'bob', nested: { secret: SECRET } });
  const headers = ['authorization', `Basic ${SECRET}`, 'x-api-key', SECRET];
  const nested = {
    headers: { authorization: SECRET },
    list: [{ password: SECRET }],
  };
  const map = new Map([['password', SECRET]]);
  const set = new Set([SECRET]);
  const error = new Error(`login failed: password=${SECRET}`);
  const many = new AggregateError([error], `token=${SECRET}`);
  const buffer = Buffer.from(SECRET);
  const symbol = Symbol(`api_key=${SECRET}`);
  await never;
  return [
    url,
    header,
    basic,
    text,
    pem,
    value,
    query,
    line,
    long,
    huge,
    json,
    headers,
    nested,
    map,
    set,
    error,
    many,
    buffer,
    symbol,
  ];
}

async function byEvent() {
  await once(emitter, `token=${SECRET}`);
}

async function byOtherEvent() {
  await once(emitter, RANDOM);
}

function* generator() {
  const password = SECRET;
  const url = `redis://:${SECRET}@cache`;
  yield [password, url];
}

class Explained {}

function start() {
  const iterator = generator();
  iterator.next();
  return [byName(), byValue(), byEvent(), byOtherEvent(), iterator];
}

function show(targets) {
  const { callGraph, customize, dump, explainLeaf, extract, unwrapItem } =
    asynctb;
  unwrapItem.register(Explained, (item) => {
    explainLeaf(item, `the lock of redis://:${SECRET}@cache, token=${SECRET}`);
    return undefined;
  });
  customize(byOtherEvent, {
    elaborate() {
      throw new Error(`cannot reach https://bob:${SECRET}@host, ${JWT}`);
    },
  });
  const all = { locals: true, recurseChildTasks: true, awaiters: true };
  const out = [];
  for (const target of [
    ...targets,
    new Explained(),
    SECRET.slice(0, 3),
    `password=${SECRET}`,
  ]) {
    const stack = asynctb.extract(target, all);
    out.push(
      stack.format({
        locals: true,
        showHiddenFrames: true,
        showInternalFrames: true,
      }),
      stack.formatFlat({ locals: true }),
      String(stack),
      JSON.stringify(stack),
      JSON.stringify(stack.toJSON({ locals: true })),
      require('node:util').inspect(stack),
    );
    if (typeof target === 'object') {
      const graph = callGraph(target);
      out.push(String(graph), JSON.stringify(graph));
    }
  }
  const whole = dump({ locals: true, showInternalFrames: true });
  out.push(
    whole.toString({ locals: true }),
    String(whole),
    JSON.stringify(whole),
    JSON.stringify(whole.toJSON({ locals: true })),
    JSON.stringify(whole.process),
    require('node:util').inspect(whole),
  );
  void extract;
  return out.join('\n');
}

function block(milliseconds) {
  for (const end = Date.now() + milliseconds; Date.now() < end;);
}

const ways = {
  api(targets) {
    const worker = new Worker(__filename, { argv: ['worker'] });
    worker.once('message', () => {
      console.log(show(targets));
      process.exit();
    });
  },
  signal: () => setInterval(() => {}, 1_000) && console.log('ready'),
  scrub() {
    process.argv.length = 3;
    process.argv.push('scrubbed-argument');
    ways.signal();
  },
  replace() {
    process.argv = ['node', 'replaced-argument'];
    ways.signal();
  },
  hostile() {
    const noted = [];
    globalThis.noted = noted;
    process.argv = new Proxy(process.argv, {
      get: (_target, key) => noted.push(key),
      getOwnPropertyDescriptor: (_target, key) => void noted.push(key),
    });
    process.on('SIGTERM', () => {
      console.log(`noted: ${noted.length}`);
      process.exit();
    });
    ways.signal();
  },
  title() {
    process.title = 'renamed-process';
    ways.signal();
  },
  watchdog: () => setTimeout(block, 50, 2_000),
  exit: () => {},
  worker: () =>
    require('node:worker_threads').parentPort.postMessage('ready') ??
    setInterval(() => {}, 1_000),
};

asynctb.registerThread({
  name: `${isMainThread ? 'main' : 'other'} token=${SECRET}`,
});
const kept = start();
globalThis.kept = kept;
ways[process.argv[2]](kept);
