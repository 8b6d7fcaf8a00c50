// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Parks what its first argument names, dumps itself, and prints the dump in all its forms. What
 * is parked is held by the gates, so nothing of it is garbage.
 */

const { once, EventEmitter } = require('node:events');
const { PassThrough } = require('node:stream');
const { dump, dumpAsync } = require('asynctb');
const { describeStack, runFormatters } = require('./describe-stack.cjs');
const { deferred, parked } = require('./deferred.cjs');

const gates = [];
const keep = [];

function gate() {
  gates.push(deferred());
  return gates.at(-1).promise;
}

async function leaf(promise) {
  const secretToken = 'do not print me';
  return [/*@leaf*/await promise, secretToken];
}

async function request(id) {
  return [id, /*@request*/await leaf(gate())];
}

async function other() {
  /*@other*/await gate();
}

async function single() {
  return /*@single*/await other();
}

async function sharing(promise) {
  /*@sharing*/await promise;
}

async function all() {
  await /*@unused*/null;
  return /*@all*/await Promise.all([leaf(gate()), 1, other()]);
}

async function* produce() {
  yield 1;
  /*@produce*/await gate();
}

async function readsStream(stream) {
  for await (const /*@reads-stream*/chunk of stream) void chunk;
}

async function loops() {
  for await (const /*@loops*/item of produce()) void item;
}

function times(count, act) {
  return Array.from({ length: count }, (_, index) => act(index));
}

const programs = {
  groups: () => {
    keep.push(
      ...times(2, single),
      ...times(5, request),
      other(),
      loops(),
      all(),
    );
  },
  shared: () => {
    const inner = leaf(gate());
    keep.push(sharing(inner), sharing(inner), single());
  },
  ready: () => {
    const promise = gate();
    keep.push(leaf(promise), leaf(promise));
    return () => gates[0].resolve('opened');
  },
  cycles: () => {
    let second;
    const first = (async function one() {
      await null;
      /*@one*/await second;
    })();
    second = (async function two() {
      /*@two*/await first;
    })();
    const itself = (async function self() {
      await null;
      /*@self*/await itself;
    })();
    keep.push(first, second, itself, sharing(first));
  },
  // Nobody waits inside of these: they wait for whoever asks next.
  idle: async () => {
    const suspended = produce();
    await suspended.next();
    keep.push(suspended, produce(), (function* sync() { yield 1; })());
  },
  requests: async () => {
    const asked = produce();
    await asked.next();
    keep.push(asked, asked.next(), asked.next());
  },
  ring: () => {
    let third;
    const first = (async function one() {
      await null;
      /*@ring-one*/await third;
    })();
    const second = (async function two() {
      /*@ring-two*/await first;
    })();
    third = (async function three() {
      /*@ring-three*/await second;
    })();
    keep.push(first, second, third);
  },
  // V8 leaves a function that has returned in the state of one that runs.
  returned: () => {
    const returnsThenable = async () => ({
      then: (resolve) => keep.push(resolve),
    });
    keep.push(sharing(returnsThenable()));
  },
  running: () => () => {
    keep.push(sharing(whole));
  },
  // Waits nowhere but in Node's own code.
  internal: () => {
    const emitter = new EventEmitter();
    const stream = new PassThrough();
    keep.push(emitter, stream, once(emitter, 'never'), readsStream(stream));
    stream[Symbol.asyncIterator]().next();
  },
  callbacks: () => {
    keep.push(
      leaf(gate()).then(/*@callback*/() => 1),
      sharing(leaf(gate()).then(/*@awaited-callback*/() => 1)),
      gate().then(/*@no-function*/() => 1),
    );
  },
  many: () => {
    const names = times(20, (index) => index);
    for (const index of names) {
      const make = new Function(
        'gate',
        `return async function task${index}() {\n  await gate;\n}`,
      );
      keep.push(...times(20 - index, () => make(gate())()));
    }
  },
  nothing: () => {},
};

async function main/*@main*/() {
  const [name, optionsText = '{}'] = process.argv.slice(2);
  const options = JSON.parse(optionsText);
  const beforeDump = await programs[name]();
  await parked();
  (typeof beforeDump === 'function' ? beforeDump : () => {})();
  const found = dump(options);
  const groups = found.threads.flatMap((thread) =>
    thread.groups.map((group) => {
      runFormatters(group.stack);
      return {
        count: group.count,
        block: describeStack(group.stack, false),
        internal: group.stack.frames.every((frame) => frame.internal),
        locals: group.stack.frames.map((frame) => frame.locals),
      };
    }),
  );
  const chunks = [...found.chunks()];
  const written = [];
  const stream = new PassThrough({ encoding: 'utf8', highWaterMark: 1 });
  stream.on('data', (chunk) => written.push(chunk));
  await found.write(stream, { format: 'json' });
  const { threads } = await dumpAsync(options);
  console.log(
    JSON.stringify({
      groups,
      text: found.toString(),
      internalText: found.toString({ showInternalFrames: true }),
      ascii: found.toString({ asciiOnly: true }),
      json: found.toJSON(),
      chunks: chunks.join('') === found.toString(),
      written: JSON.parse(written.join('')),
      later: threads.map(({ taskCount }) => taskCount),
    }),
  );
  void keep;
}

const whole = main();
