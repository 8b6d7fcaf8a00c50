// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for many kinds of things, one function each, and says by every door why. The argument is 'dump' (the
// waits of a dump), 'dump of locals', 'extract' (the same of each promise) or 'signal' (only waits).
'use strict';

const { execFileSync, exec, spawn } = require('node:child_process');
const crypto = require('node:crypto');
const { EventEmitter, on, once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const readline = require('node:readline');
const { PassThrough } = require('node:stream');
const { finished, pipeline } = require('node:stream/promises');
const timers = require('node:timers/promises');
const { promisify } = require('node:util');
const { MessageChannel, Worker } = require('node:worker_threads');

const [, , door] = process.argv;
const SECRET = ['hunter', '2'].join('');
const kept = (globalThis.kept = []);
const keep = (value) => (kept.push(value), value);

const folder = fs.mkdtempSync(join(tmpdir(), 'asynctb-why-'));
const fifo = join(folder, 'fifo');
execFileSync('mkfifo', [fifo]);
const children = [];

class Pool {
  constructor() {
    this.waiting = [];
  }
  take() {
    return new Promise((resolve) => this.waiting.push({ resolve }));
  }
}
const pool = new Pool();
const queue = [];
const lock = () => new Promise((resolve) => queue.push(resolve));

const silent = net.createServer(() => {});
const server = http.createServer((request, response) => {
  if (request.url.startsWith('/begun')) response.write('x');
});

const waits = ({ port }, { port: silentPort }) => ({
  async timerByHand() {
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  async timerOfNode() {
    await timers.setTimeout(60_000);
  },
  async interval() {
    for await (const each of timers.setInterval(60_000)) void each;
  },
  async guardOnly() {
    await new Promise((resolve, reject) => {
      kept.push(resolve);
      setTimeout(() => reject(new Error('late')), 60_000);
    });
  },
  async openFile() {
    await fs.promises.open(fifo, 'r');
  },
  async onceEvent() {
    await once(keep(new EventEmitter()), 'ready');
  },
  async onEvent() {
    for await (const each of on(keep(new EventEmitter()), 'tick')) void each;
  },
  // What the loop holds is shown of one task, in nodes that are its own.
  async ofHeld() {
    for await (const each of inner()) void each;
    async function* inner() {
      yield 1;
      await once(keep(new EventEmitter()), 'held');
    }
  },
  async socketByHand() {
    await new Promise((resolve, reject) => {
      const socket = net.connect(silentPort, '127.0.0.1');
      socket.on('data', resolve);
      socket.on('error', reject);
    });
  },
  async request() {
    await new Promise((resolve, reject) => {
      http
        .get(
          { host: '127.0.0.1', port, path: `/slow?token=${SECRET}` },
          resolve,
        )
        .on('error', reject);
    });
  },
  async fetched() {
    await fetch(`http://127.0.0.1:${port}/fetched?token=${SECRET}`);
  },
  async childProcess() {
    const child = spawn('sleep', ['60']);
    children.push(child);
    await once(child, 'exit');
  },
  async executed() {
    const running = promisify(exec)('sleep 60');
    children.push(running.child);
    await running;
  },
  async fromWorker() {
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
    await once(worker, 'message');
  },
  async fromPort() {
    const { port1, port2 } = new MessageChannel();
    kept.push(port2);
    await once(port1, 'message');
  },
  async aborted() {
    const { signal } = keep(new AbortController());
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  },
  async readableStream() {
    for await (const each of keep(new PassThrough())) void each;
  },
  async pipelined() {
    await pipeline(keep(new PassThrough()), keep(new PassThrough()));
  },
  async streamEnds() {
    await finished(keep(new PassThrough()));
  },
  async webStream() {
    await keep(new ReadableStream({})).getReader().read();
  },
  async webSink() {
    const sink = keep(
      new WritableStream({ write: () => new Promise(() => {}) }),
    );
    const writer = sink.getWriter();
    void writer.write(1);
    await writer.write(2);
  },
  async answered() {
    const input = keep(new PassThrough());
    const lines = keep(readline.createInterface({ input }));
    await new Promise((resolve) => lines.question('?', resolve));
  },
  async cryptography() {
    const cost = { N: 2 ** 17, maxmem: 2 ** 30 };
    await promisify(crypto.scrypt)('a', 'b', 64, cost);
  },
  async pooled() {
    await pool.take();
  },
  async queued() {
    await lock();
  },
  async ofGlobal() {
    await new Promise((resolve) => {
      globalThis.wakeUp = resolve;
    });
  },
});

const wordsOf = ({ wait, frames }) => {
  if (wait !== null) return `${wait.kind}${wait.sure ? '' : '?'}: ${wait.text}`;
  const branches = frames.at(-1)?.branches ?? [];
  return branches.length > 0 ? branches.map(wordsOf).join(' | ') : '-';
};

function tidyUp() {
  for (const child of children) child.kill('SIGKILL');
  // Whoever opens it for reading waits for this.
  const writer = fs.openSync(fifo, fs.constants.O_RDWR);
  fs.closeSync(writer);
  fs.rmSync(folder, { recursive: true });
}

function show(running) {
  const { dump, extract } = require('asynctb');
  const found = {};
  if (door === 'extract') {
    for (const [name, promise] of running)
      found[name] = wordsOf(extract(promise));
  } else {
    const { groups } = dump({ locals: door === 'dump of locals' }).threads.find(
      ({ threadId }) => threadId === 0,
    );
    for (const { stack } of groups) {
      const own = stack.frames.find(({ scriptName }) =>
        scriptName.endsWith('kinds.cjs'),
      );
      if (own !== undefined) found[own.functionName] = wordsOf(stack);
    }
  }
  console.log(JSON.stringify(found));
}

silent.listen(0, '127.0.0.1', () => {
  server.listen(0, '127.0.0.1', () => {
    const functions = waits(server.address(), silent.address());
    const running = [];
    for (const [name, wait] of Object.entries(functions)) {
      const promise = wait();
      promise.catch(() => {});
      running.push([name, promise]);
    }
    // The requests are on their way when the server has them.
    let left = 2;
    server.on('request', () => {
      if (--left > 0) return;
      setImmediate(() => {
        if (door === 'signal') {
          console.log('ready');
          process.on('message', () => (tidyUp(), process.exit()));
          return;
        }
        show(running);
        tidyUp();
        process.exit();
      });
    });
  });
});
