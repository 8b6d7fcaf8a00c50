// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Waits that something will still end: what is waited for is held by Node, by V8 or by a variable.

const {
  setTimeout: sleep,
  setInterval: tick,
  setImmediate: soon,
} = require('node:timers/promises');
const childProcess = require('node:child_process');
const crypto = require('node:crypto');
const dgram = require('node:dgram');
const dns = require('node:dns');
const { EventEmitter, on, once } = require('node:events');
const fs = require('node:fs');
const fsp = require('node:fs/promises');
const http = require('node:http');
const http2 = require('node:http2');
const net = require('node:net');
const path = require('node:path');
const readline = require('node:readline');
const stream = require('node:stream');
const { promisify } = require('node:util');
const vm = require('node:vm');
const worker = require('node:worker_threads');
const zlib = require('node:zlib');

const LONG = 1e6;
const kept = (globalThis.kept = []);
const keep = (value) => {
  kept.push(value);
  return value;
};
const children = [];
const busy = (args) => {
  const child = childProcess.spawn('sleep', args);
  children.push(child);
  return child;
};
const held = { resolvers: new Map(), list: [], set: new Set() };
globalThis.held = held;
const registry = new FinalizationRegistry((resolve) => resolve());

class Deferred {
  #resolve;
  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
  settle() {
    this.#resolve();
  }
}

/** `directory` is one that goes with the test; it has a pipe `fifo`. */
exports.start = async function start(directory) {
  const fifo = path.join(directory, 'fifo');
  const silent = net.createServer((socket) => {
    keep(socket).on('error', () => {});
  });
  const slow = http.createServer((request) => keep(request));
  const udp = dgram.createSocket('udp4');
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
  await new Promise((resolve) => slow.listen(0, '127.0.0.1', resolve));
  await new Promise((resolve) => udp.bind(0, '127.0.0.1', resolve));
  const port = silent.address().port;
  const connect = () => net.connect(port, '127.0.0.1').on('error', () => {});
  const url = `http://127.0.0.1:${slow.address().port}/`;
  fs.writeFileSync(
    path.join(directory, 'waits.mjs'),
    `await new Promise((resolve) => setTimeout(resolve, ${LONG}));`,
  );
  const cases = {
    async live_timer() {
      await sleep(LONG);
    },
    async live_unreferencedTimer() {
      await sleep(LONG, 0, { ref: false });
    },
    async live_timerWithSignal() {
      await sleep(LONG, 0, { signal: new AbortController().signal });
    },
    async live_timerCallback() {
      await new Promise((resolve) => setTimeout(resolve, LONG));
    },
    async live_timerClosure() {
      await new Promise((resolve) => setTimeout(() => resolve(1), LONG));
    },
    async live_timerArgument() {
      await new Promise((resolve) => setTimeout((f) => f(), LONG, resolve));
    },
    async live_interval() {
      for await (const each of tick(LONG)) keep(each);
    },
    async live_intervalCallback() {
      await new Promise((resolve) => setInterval(resolve, LONG));
    },
    async live_promisifiedTimer() {
      await promisify(setTimeout)(LONG);
    },
    async live_refreshed() {
      await new Promise((resolve) => setTimeout(resolve, LONG).refresh());
    },
    async live_open() {
      await fsp.open(fifo, 'r');
    },
    async live_readFile() {
      await fsp.readFile(fifo);
    },
    async live_readFileCallback() {
      await promisify(fs.readFile)(fifo);
    },
    async live_readStream() {
      for await (const chunk of fs.createReadStream(fifo)) keep(chunk);
    },
    async live_watch() {
      for await (const event of fsp.watch(directory, {
        signal: new AbortController().signal,
      }))
        keep(event);
    },
    async live_watchCallback() {
      await new Promise((resolve) =>
        fs.watch(path.join(directory, 'waits.mjs'), resolve),
      );
    },
    async live_watchFile() {
      await new Promise((resolve) =>
        fs.watchFile(path.join(directory, 'waits.mjs'), resolve),
      );
    },
    async live_resolve4() {
      const resolver = new dns.promises.Resolver({
        timeout: 600_000,
        tries: 1,
      });
      resolver.setServers([`127.0.0.1:${udp.address().port}`]);
      await resolver.resolve4('stuck.example.test');
    },
    async live_resolveCallback() {
      const resolver = new dns.Resolver({ timeout: LONG });
      resolver.setServers([`127.0.0.1:${udp.address().port}`]);
      await new Promise((resolve) =>
        resolver.resolve4('a.example.test', resolve),
      );
    },
    async live_socketData() {
      await once(connect(), 'data');
    },
    async live_socketIterated() {
      for await (const chunk of connect()) keep(chunk);
    },
    async live_socketCallback() {
      await new Promise((resolve) => connect().on('data', () => resolve()));
    },
    async live_socketEnd() {
      await new Promise((resolve) => connect().on('close', resolve));
    },
    async live_socketIdle() {
      await new Promise((resolve) => connect().setTimeout(LONG, resolve));
    },
    async live_drain() {
      const socket = connect();
      await once(socket, 'connect');
      while (socket.write(Buffer.alloc(1 << 25)));
      await once(socket, 'drain');
    },
    async live_server() {
      await once(net.createServer().listen(0), 'connection');
    },
    async live_pipeServer() {
      const server = net.createServer().listen(path.join(directory, 'pipe'));
      await new Promise((resolve) => server.on('connection', resolve));
    },
    async live_serverIterated() {
      const server = http.createServer().listen(0);
      for await (const request of on(server, 'request')) keep(request);
    },
    async live_request() {
      await new Promise((resolve, reject) => {
        http
          .request(`${url}a?b=c`, { method: 'POST' }, resolve)
          .on('error', reject)
          .end('x');
      });
    },
    async live_requestEvent() {
      await once(http.get(`${url}event`), 'response');
    },
    async live_fetch() {
      await fetch(`${url}fetch`);
    },
    async live_fetchBody() {
      const server = http.createServer((_, response) => response.write('x'));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address();
      const response = await fetch(`http://127.0.0.1:${port}/`);
      await response.text();
    },
    async live_http2() {
      const session = http2.connect(`http://127.0.0.1:${port}`);
      session.on('error', () => {});
      await once(session.request({ ':path': '/' }), 'response');
    },
    async live_datagram() {
      await once(dgram.createSocket('udp4').bind(0), 'message');
    },
    async live_exit() {
      await once(busy(['1000']), 'exit');
    },
    async live_exitCallback() {
      await new Promise((resolve) => busy(['1001']).on('close', resolve));
    },
    async live_output() {
      for await (const chunk of busy(['1002']).stdout) keep(chunk);
    },
    async live_exec() {
      const waits = promisify(childProcess.execFile)('sleep', ['1003']);
      children.push(waits.child);
      await waits;
    },
    async live_input() {
      const child = childProcess.spawn('sleep', ['1004']);
      children.push(child);
      child.stdin.on('error', () => {});
      while (child.stdin.write(Buffer.alloc(1 << 21)));
      await once(child.stdin, 'drain');
    },
    async live_worker() {
      await once(
        new worker.Worker('setInterval(() => {}, 1e6)', { eval: true }),
        'message',
      );
    },
    async live_workerExit() {
      const thread = new worker.Worker('setInterval(() => {}, 1e6)', {
        eval: true,
      });
      await new Promise((resolve) => thread.on('exit', resolve));
    },
    async live_port() {
      const { port1, port2 } = new worker.MessageChannel();
      keep(port2);
      await new Promise((resolve) => port1.on('message', resolve));
    },
    async live_portOnce() {
      const { port1 } = new worker.MessageChannel();
      await once(port1, 'message');
    },
    async live_broadcast() {
      const channel = new worker.BroadcastChannel('stuck');
      await new Promise((resolve) => {
        channel.onmessage = resolve;
      });
    },
    async live_pipeline() {
      await stream.promises.pipeline(
        connect(),
        new stream.PassThrough(),
        fs.createWriteStream('/dev/null'),
      );
    },
    async live_finished() {
      await stream.promises.finished(connect());
    },
    async live_readable() {
      const source = keep(new stream.Readable({ read() {} }));
      for await (const chunk of source) keep(chunk);
    },
    async live_webStream() {
      const source = keep(new ReadableStream({ start: keep }));
      await source.getReader().read();
    },
    async live_webStreamOfTimer() {
      const source = new ReadableStream({ pull: () => sleep(LONG) });
      await source.getReader().read();
    },
    async live_webStreamOfSocket() {
      for await (const chunk of stream.Readable.toWeb(connect())) keep(chunk);
    },
    async live_once() {
      await once(keep(new EventEmitter()), 'ready');
    },
    async live_on() {
      for await (const event of on(keep(new EventEmitter()), 'tick'))
        keep(event);
    },
    async live_processEvent() {
      await new Promise((resolve) => process.once('SIGWINCH', resolve));
    },
    async live_processExit() {
      await new Promise((resolve) => process.on('exit', resolve));
    },
    async live_abort() {
      await once(keep(new AbortController()).signal, 'abort');
    },
    async live_abortListener() {
      const { signal } = keep(new AbortController());
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    async live_abortTimeout() {
      const signal = AbortSignal.timeout(LONG);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    async live_lines() {
      const input = keep(new stream.PassThrough());
      for await (const line of readline.createInterface({ input })) keep(line);
    },
    async live_question() {
      const input = keep(new stream.PassThrough());
      await readline.promises.createInterface({ input }).question('?');
    },
    async live_linesOfSocket() {
      const lines = readline.createInterface({ input: connect() });
      for await (const line of lines) keep(line);
    },
    async live_generateKey() {
      await crypto.webcrypto.subtle.generateKey(
        {
          name: 'RSA-PSS',
          modulusLength: 8192,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: 'SHA-256',
        },
        true,
        ['sign', 'verify'],
      );
    },
    async live_pbkdf2() {
      await promisify(crypto.pbkdf2)('a', 'b', 1e8, 64, 'sha512');
    },
    async live_scrypt() {
      const options = { N: 1 << 20, r: 8, p: 64, maxmem: 2 ** 31 };
      await promisify(crypto.scrypt)('a', 'b', 64, options);
    },
    async live_gunzip() {
      const gunzip = zlib.createGunzip();
      connect().pipe(gunzip);
      await once(gunzip, 'end');
    },
    async live_waitAsync() {
      if (Atomics.waitAsync === undefined) return sleep(LONG);
      const cell = new Int32Array(new SharedArrayBuffer(8));
      return await Atomics.waitAsync(cell, 0, 0).value;
    },
    async live_waitAsyncTimeout() {
      if (Atomics.waitAsync === undefined) return sleep(LONG);
      const cell = new Int32Array(new SharedArrayBuffer(8));
      return await Atomics.waitAsync(cell, 0, 0, LONG).value;
    },
    async live_import() {
      await import(path.join(directory, 'waits.mjs'));
    },
    async live_lock() {
      const locks = globalThis.navigator?.locks;
      if (locks === undefined) return sleep(LONG);
      void locks.request('stuck', () => sleep(LONG));
      await soon();
      return await locks.request('stuck', () => 1);
    },
    async live_weakRef() {
      await new Promise((resolve) => {
        globalThis.weak = new WeakRef({ resolve });
      });
    },
    async live_finalization() {
      await new Promise((resolve) => {
        globalThis.registered = {};
        registry.register(globalThis.registered, resolve);
      });
    },
    async live_thenable() {
      await { then: (resolve) => void keep(resolve) };
    },
    async live_resolverInMap() {
      await new Promise((resolve) => held.resolvers.set('a', { resolve }));
    },
    async live_resolverInHugeMap() {
      await new Promise((resolve) => {
        held.huge = new Map();
        for (let i = 0; i < 100_000; i++) held.huge.set(i, i);
        held.huge.set('last', resolve);
      });
    },
    async live_resolverInHugeArray() {
      await new Promise((resolve) => {
        held.long = new Array(200_000).fill(0);
        held.long[199_999] = resolve;
      });
    },
    async live_resolverInHugeObject() {
      await new Promise((resolve) => {
        held.wide = {};
        for (let i = 0; i < 50_000; i++) held.wide[`key${i}`] = i;
        held.wide.last = resolve;
      });
    },
    async live_resolverInSet() {
      await new Promise((resolve) => held.set.add(() => resolve()));
    },
    async live_rejecter() {
      await new Promise((_, reject) => held.list.push(reject));
    },
    async live_resolverOfThePromise() {
      let settle;
      const promise = new Promise((resolve) => {
        settle = resolve;
      });
      promise.resolve = settle;
      held.own = promise;
      await promise;
    },
    async live_resolverInSubclass() {
      class Waiting extends Promise {}
      await new Waiting((resolve) => held.list.push(resolve));
    },
    async live_privateField() {
      const deferred = new Deferred();
      held.list.push(deferred);
      await deferred.promise;
    },
    async live_boundResolver() {
      await new Promise((resolve) => held.list.push(resolve.bind(null, 1)));
    },
    async live_accessor() {
      await new Promise((resolve) => {
        Object.defineProperty(held, 'get', { get: () => resolve });
      });
    },
    async live_proxy() {
      await new Promise((resolve) =>
        held.list.push(new Proxy({ resolve }, {})),
      );
    },
    async live_weakMap() {
      held.key = {};
      held.weakMap = new WeakMap();
      await new Promise((resolve) => held.weakMap.set(held.key, resolve));
    },
    async live_symbol() {
      await new Promise((resolve) => {
        held[Symbol('resolve')] = resolve;
      });
    },
    async live_suspendedGenerator() {
      await new Promise((resolve) => {
        held.generator = (function* () {
          yield 1;
          resolve();
        })();
        held.generator.next();
      });
    },
    async live_suspendedAsyncGenerator() {
      await new Promise((resolve) => {
        held.asyncGenerator = (async function* () {
          yield 1;
          resolve();
        })();
        void held.asyncGenerator.next();
      });
    },
    async live_otherTask() {
      await new Promise((resolve) => {
        void (async () => {
          await sleep(LONG);
          resolve();
        })();
      });
    },
    async live_childTask() {
      await (async () => {
        await (async () => await sleep(LONG))();
      })();
    },
    async live_all() {
      await Promise.all([sleep(LONG), 1]);
    },
    async live_allOfOne() {
      await Promise.all([new Promise((resolve) => held.list.push(resolve))]);
    },
    async live_allSettled() {
      await Promise.allSettled([new Promise(() => {}), sleep(LONG)]);
    },
    async live_any() {
      await Promise.any([new Promise(() => {}), sleep(LONG)]);
    },
    async live_race() {
      await Promise.race([new Promise(() => {}), sleep(LONG)]);
    },
    async live_finally() {
      await sleep(LONG).finally(() => {});
    },
    async live_then() {
      await sleep(LONG)
        .then(() => 1)
        .then(() => 2);
    },
    async live_returned() {
      await (async () => sleep(LONG))();
    },
    async live_adopted() {
      await new Promise((resolve) => resolve(sleep(LONG)));
    },
    async live_yieldStar() {
      async function* inner() {
        yield await sleep(LONG);
      }
      async function* outer() {
        yield* inner();
      }
      for await (const each of outer()) keep(each);
    },
    async live_fromSync() {
      for await (const each of [sleep(LONG)]) keep(each);
    },
    async live_fromAsync() {
      if (Array.fromAsync === undefined) return sleep(LONG);
      return await Array.fromAsync([sleep(LONG)]);
    },
    async live_otherRealm() {
      const make = vm.runInNewContext(
        '(keep) => new Promise((resolve) => keep(resolve))',
      );
      await make(keep);
    },
    async live_asyncLocalStorage() {
      const { AsyncLocalStorage } = require('node:async_hooks');
      const storage = new AsyncLocalStorage();
      await storage.run({ id: 1 }, () => sleep(LONG));
    },
    async live_compile() {
      // As long as nothing reads what comes in.
      const response = new Response(
        new ReadableStream({ pull: () => sleep(LONG) }),
        { headers: { 'content-type': 'application/wasm' } },
      );
      await WebAssembly.compileStreaming(response);
    },
    async live_stdin() {
      await once(process.stdin, 'data');
    },
    async live_promisifiedCallback() {
      const ask = (callback) => held.list.push(callback);
      await promisify(ask)();
    },
    async live_evaluatedScope() {
      await new Promise((resolve) => {
        // eslint-disable-next-line no-eval
        held.evaluated = eval('() => resolve()');
      });
    },
  };
  for (const [name, run] of Object.entries(cases)) {
    run().then(
      () => console.log(`${name} has ended`),
      (error) => console.log(`${name} has failed: ${error.message}`),
    );
  }
  return Object.keys(cases);
};

exports.end = function end() {
  for (const child of children) child.kill('SIGKILL');
};
