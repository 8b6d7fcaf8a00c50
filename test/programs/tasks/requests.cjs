// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Answers no request: each handler waits in another way. Prints what a dump says of the tasks, and of the
 * properties of requests that have run (none should). With `stay` it waits for a signal instead.
 */

const http = require('node:http');
const { once } = require('node:events');
const asynctb = require('asynctb');

const hold = [];
const never = () => new Promise((resolve) => hold.push(resolve));

class Ctx {
  constructor(req, res) {
    this.request = { raw: req };
    this.reply = { raw: res };
  }
}
class Service {
  last = null;
  async works() {
    await never();
  }
}
const service = new Service();
class Controller {
  constructor(req) {
    this.req = req;
  }
  async controls() {
    await never();
  }
}

async function direct(req, res) {
  await never();
  res.end(req.url);
}
async function deep1() {
  await deep2();
}
async function deep2() {
  await never();
}
async function wrapped(ctx) {
  await deep1();
  ctx.reply.raw.end();
}
async function onlyResponse(res) {
  await never();
  res.end();
}
async function unnamed(job) {
  await never();
  return job;
}
async function unused() {
  await never();
}
async function pair(one, two) {
  await never();
  return [one, two];
}
async function lists(all) {
  await never();
  return all;
}
function chained(res) {
  return never().then(function answer() {
    res.end();
  });
}
function closed(req, res) {
  void (async function inside() {
    await never();
    res.end();
  })();
}
async function timed(req) {
  req._startAt = process.hrtime();
  await never();
}
async function patched(req) {
  const trap = () => {
    console.log('code of the program has run');
  };
  Object.defineProperty(req, 'body', { get: trap, enumerable: true });
  req.proxy = new Proxy({}, { get: trap, ownKeys: trap });
  await never();
  return req;
}
async function odd(req) {
  await never();
  return req;
}
async function shares(promise, req) {
  await promise;
  return req;
}

const everyone = [];
const some = [];
let shared = null;
const HANDLERS = {
  direct,
  wrapped: (req, res) => wrapped(new Ctx(req, res)),
  response: (_req, res) => onlyResponse(res),
  unnamed: (req) => unnamed({ payload: { what: { it: req } } }),
  far: (req) => unused.call({ a: { b: { c: { d: { e: { f: { req } } } } } } }),
  unused: () => unused(),
  lists: (req) => {
    everyone.push(req);
    if (everyone.length === 2) void lists(everyone);
  },
  pair: (req) => {
    some.push(req);
    if (some.length === 2) void pair(...some);
  },
  service: (req) => {
    service.last = req;
    void service.works();
  },
  controller: (req) => new Controller(req).controls(),
  chained: (_req, res) => chained(res),
  closed,
  timed,
  patched,
  odd: (req) => {
    req.url = { toString: () => console.log('code of the program has run') };
    req.originalUrl = undefined;
    return odd(req);
  },
  shared: (req) => {
    shared ??= direct(req);
    void shares(shared, req);
  },
};

const handle = (req, res) => {
  const [, name] = /^\/(\w+)/.exec(req.url);
  void HANDLERS[name](req, res);
};

async function main() {
  const server = http.createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const paths = Object.keys(HANDLERS).map(
    (name) => `/${name}/7?token=pl4nted-hunter2&page=2#there`,
  );
  paths.push('/lists/8', '/pair/8', '/service/8', '/shared/8');
  let seen = 0;
  const all = new Promise((resolve) => {
    server.on('request', () => {
      if (++seen === paths.length) resolve();
    });
  });
  const { port } = server.address();
  // One after the other, so that which one comes first is known.
  for (const path of paths) {
    const before = seen;
    http.get({ port, path, agent: false }).on('error', () => {});
    while (seen === before)
      await new Promise((resolve) => setImmediate(resolve));
  }
  await all;

  if (process.argv[2] === 'stay') {
    console.log('ready');
    process.on('message', (message) => process.send(message));
    return;
  }
  const dump = asynctb.dump();
  const told = dump.threads[0].groups
    .filter(({ stack }) => !stack.frames[0].internal)
    .map(({ stack, tasks }) => ({
      name: stack.frames[0].functionName,
      requests: tasks.map(({ request }) => request),
    }));
  console.log(JSON.stringify({ told, json: JSON.stringify(dump) }));
  process.exit();
}

void main();
