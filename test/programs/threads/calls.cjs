// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// A library that calls functions of another thread by messages over a MessageChannel, in both
// directions, and the hooks for it. As a worker it serves the methods below.

const {
  isMainThread,
  MessageChannel,
  parentPort,
  threadId,
  Worker,
  workerData,
} = require('node:worker_threads');
const {
  callGraph,
  extract,
  extractUntil,
  findAwaiters,
  registerThread,
  RemoteItem,
  unwrapItem,
  unwrapRemote,
} = require('asynctb');

/** By promise: where it was sent, and under which number. */
const sent = new WeakMap();
/** By number: the promises of calls, here and there. */
const asked = new Map();
const served = new Map();

class Peer {
  constructor(port, thread, methods) {
    this.port = port;
    this.thread = thread;
    this.methods = methods;
    port.on('message', (message) => this.#receive(message));
    port.unref();
  }

  call(name, ...args) {
    const id = `${threadId}/${asked.size + 1}`;
    let settle;
    const promise = new Promise((resolve) => (settle = resolve));
    promise.settle = settle;
    asked.set(id, promise);
    sent.set(promise, { thread: this.thread, id });
    this.port.postMessage({ id, name, args });
    return promise;
  }

  #receive({ id, name, args, result }) {
    if (name === undefined) asked.get(id).settle(result);
    else served.set(id, serve(this, id, name, args));
  }
}

async function serve(peer, id, name, args) {
  const result = await peer.methods[name].call(peer, ...args);
  served.delete(id);
  peer.port.postMessage({ id, result });
}

function install() {
  const undo = [
    unwrapItem.register(Promise, (promise) => {
      const call = sent.get(promise);
      return call && new RemoteItem(call.thread, 'calls/served', call.id);
    }),
    unwrapRemote.register('calls/served', (id) => served.get(id)),
    unwrapRemote.register('calls/asked', (id) => asked.get(id)),
    findAwaiters.register(serve, ({ origin }) => {
      for (const [id, promise] of served) {
        if (promise !== origin) continue;
        return new RemoteItem(Number(id.split('/')[0]), 'calls/asked', id);
      }
    }),
  ];
  return () => undo.forEach((each) => each());
}

/** Starts a worker that serves; `methods` are what it may call here. */
function start(methods = {}, options = {}) {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(__filename, {
    execArgv: [],
    ...options,
    workerData: { port: port2, parent: threadId },
    transferList: [port2],
  });
  return { worker, peer: new Peer(port1, worker, methods) };
}

const pending = new Promise(() => {});
const names = (frames) => frames.map((frame) => frame.functionName);

const METHODS = {
  async waits() {
    await pending;
  },
  async waitsElsewhere() {
    await pending;
  },
  async spins() {
    for (;;);
  },
  /** Waits for a method of the thread that has called. */
  async callsBack(name) {
    await this.call(name);
  },
  /** Who waits for this, from inside out; then tells whoever waits at the flag. */
  async awaitedBy(flag) {
    await null;
    const found = [];
    const codes = [];
    let graph = callGraph();
    for (; graph !== undefined; graph = graph.awaitedBy[0]) {
      found.push(...names([...graph.stack.frames].reverse()));
      if (graph.stack.error !== null) codes.push(graph.stack.error.code);
    }
    if (flag !== undefined) {
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
    }
    return { found, codes };
  },
  async callers() {
    await null;
    const stack = extractUntil(null, { awaiters: true });
    return names(stack.frames.filter((frame) => !frame.internal));
  },
  async extracts(name, detail) {
    const stack = extract(new RemoteItem(0, name, detail));
    return {
      names: names(stack.frames),
      code: stack.error?.code ?? null,
    };
  },
};

if (!isMainThread && workerData?.port !== undefined) {
  registerThread({ name: 'server' });
  install();
  unwrapRemote.register('fails', () => {
    throw new RangeError('the hook over there is wrong');
  });
  unwrapRemote.register('circles', () => new RemoteItem(0, 'circles'));
  new Peer(workerData.port, workerData.parent, METHODS);
  workerData.port.ref();
  parentPort.postMessage('ready');
}

module.exports = { install, start };
