// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Tasks in AsyncLocalStorage stores of many kinds, dumped by the door that the first argument names: `api`
 * prints JSON of dumps with other keys each, the others print or wait for a dump. Stores hold secrets, all
 * with `pl4nted` in them.
 */

const { AsyncLocalStorage } = require('node:async_hooks');
const { isMainThread, Worker, parentPort } = require('node:worker_threads');
const asynctb = require('asynctb');

const requests = new AsyncLocalStorage({ name: 'requests' });
const users = new AsyncLocalStorage();
const hold = [];
const never = () => new Promise((resolve) => hold.push(resolve));

async function query() {
  await never();
}
async function handle() {
  await query();
}
async function* rows() {
  await never();
  yield 1;
}
async function iterates() {
  for await (const _ of rows());
}
async function all() {
  await Promise.all([query(), never()]);
}
function chained() {
  return never().then(function finish() {});
}
async function entered() {
  requests.enterWith({ requestId: 'entered' });
  await never();
}
async function outside() {
  await never();
}
async function middleware() {
  await requests.run({ requestId: 'inner', step: 2 }, () => handle());
}
async function nested() {
  await users.run({ user: 'alice' }, () => query());
}
async function replaced() {
  await requests.run({ requestId: 'replaced', step: 3 }, () => query());
}
async function text() {
  await never();
}
async function shares(promise) {
  await promise;
}
async function forgotten() {
  await never();
}
async function deep() {
  await never();
}

const SECRET = 'pl4nted-hunter2';
class Store {
  #private = SECRET;
  requestId = 'of a class';
  password = SECRET;
  get token() {
    console.log('a getter has run');
    return SECRET;
  }
  get computed() {
    console.log('a getter has run');
    return SECRET;
  }
  [Symbol(SECRET)] = SECRET;
  session_token = SECRET;
  url = `postgres://bob:${SECRET}@db/app`;
  note = `Bearer ${SECRET}`;
  random = 'q7pl4ntedXz2WmK4tNc8YbJ';
  nested = { requestId: SECRET, password: SECRET };
  list = [SECRET];
  fn = () => this.#private;
}
async function secrets() {
  await never();
}
async function proxied() {
  await never();
}
async function large() {
  await never();
}

function start() {
  for (let i = 0; i < 3; i++) requests.run({ requestId: `req-${i}` }, handle);
  requests.run({ requestId: 'rows' }, iterates);
  requests.run({ requestId: 'all' }, all);
  requests.run({ requestId: 'chained' }, chained);
  // In a job of its own: the store stays for what follows.
  void Promise.resolve().then(() => void entered());
  void outside();
  void middleware();
  requests.run({ requestId: 'outer' }, nested);
  requests.run({ requestId: 'outer' }, replaced);
  requests.run('a text', text);
  users.run(
    new Map([
      ['requestId', 'in a Map'],
      ['user', 7],
    ]),
    deep,
  );
  users.run({ user: { id: 5, name: 'bob', password: SECRET } }, deep);
  const shared = requests.run({ requestId: 'first' }, query);
  requests.run({ requestId: 'first' }, () => shares(shared));
  requests.run({ requestId: 'second' }, () => shares(shared));
  const left = requests.run({ requestId: 'first' }, forgotten);
  requests.run({ requestId: 'second' }, () => shares(left));
  requests.run(new Store(), secrets);
  const trap = () => {
    console.log('a trap has run');
    return undefined;
  };
  const handler = {
    get: trap,
    ownKeys: trap,
    getOwnPropertyDescriptor: trap,
  };
  requests.run(new Proxy({ requestId: SECRET }, handler), proxied);
  const huge = {
    requestId: 'x'.repeat(1_000_000),
    ratio: 0.1,
    whole: 2 ** 40,
  };
  for (let i = 0; i < 5_000; i++) huge[`key${i}`] = i;
  huge.last = true;
  requests.run(huge, large);
}

const contextsOf = (dump, threadId = 0) =>
  Object.fromEntries(
    dump.threads
      .find((thread) => thread.threadId === threadId)
      .groups.filter(({ stack }) => !stack.frames[0].internal)
      .map(({ stack, tasks }) => [
        stack.frames.map(({ functionName }) => functionName).join(' > '),
        tasks.map(({ context }) => context),
      ]),
  );

async function api() {
  const worker = new Worker(__filename);
  await new Promise((resolve) => worker.once('message', resolve));
  const other = worker.threadId;
  const { dump, dumpAsync, showContext } = asynctb;
  const context = ['requestId', 'user', 'user.id', 'step'];
  const result = {
    none: contextsOf(dump()),
    some: contextsOf(dump({ context })),
    later: contextsOf(await dumpAsync({ context })),
    other: contextsOf(dump({ context }), other),
    all: contextsOf(dump({ context: ['*'] })),
    storage: contextsOf(dump({ context: ['requests', 'store'] })),
    secret: contextsOf(
      dump({
        context: [
          'password',
          'nested.password',
          'token',
          'session_token',
          'user.password',
        ],
      }),
    ),
    text: dump({ context: ['*'] }).toString(),
    json: JSON.stringify(dump({ context: ['*'] })),
  };
  const hide = showContext(['requestId']);
  result.shown = contextsOf(dump());
  hide();
  hide();
  result.hidden = contextsOf(dump());
  console.log(JSON.stringify(result));
  process.exit();
}

if (!isMainThread) {
  asynctb.registerThread();
  start();
  parentPort.on('message', () => {});
  parentPort.postMessage('ready');
} else {
  start();
  const [door] = process.argv.slice(2);
  if (door === 'api') {
    void api();
  } else if (door === 'blocks') {
    const begin = performance.now();
    setImmediate(() => {
      while (performance.now() - begin < 1_500);
      process.exit();
    });
  } else {
    console.log('ready');
    process.on('message', (message) => process.send(message));
  }
}
