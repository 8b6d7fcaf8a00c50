// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// For the programs here: what waits, peers that it waits for, and what a dump and an extraction say of it.
'use strict';

const { once } = require('node:events');
const http = require('node:http');
const net = require('node:net');
const v8 = require('node:v8');
const vm = require('node:vm');

/** No output may have it, though it is wherever a secret or somebody's data could be. */
const SECRET = ['hunter', '2'].join('');

/** Holds what nothing else does. */
const kept = (globalThis.kept = []);
const keep = (value) => (kept.push(value), value);

/** A peer on loopback. `onData(chunk, socket)` may answer; without it the peer is silent. */
async function peer(onData, onConnect) {
  const waiting = [];
  let received = '';
  const look = () => {
    for (const each of [...waiting]) {
      if (!received.includes(each.text)) continue;
      waiting.splice(waiting.indexOf(each), 1);
      each.resolve();
    }
  };
  const server = net.createServer((socket) => {
    keep(socket);
    socket.on('error', () => {});
    onConnect?.(socket);
    socket.on('data', (chunk) => {
      onData?.(chunk, socket);
      received += chunk.toString('latin1');
      look();
    });
  });
  keep(server).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    /** Resolves once the peer has been sent this. */
    receives: (text) =>
      new Promise((resolve) => (waiting.push({ text, resolve }), look())),
  };
}

/** A server of HTTP that answers with the beginning of a body, or not at all. `asked`: the URLs. */
async function halfSpeaking() {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    if (request.url.startsWith('/begun')) response.write('x'.repeat(100_000));
  });
  keep(server).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, port: server.address().port };
}

/** Resolves once all callbacks that are due have run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function turns(count = 5) {
  for (let i = 0; i < count; i++) await turn();
}

/** Waits turn by turn until the program has got where it should. */
async function until(test) {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const wordsOf = ({ wait, frames }) => {
  if (wait !== null) return `${wait.kind}${wait.sure ? '' : '?'}: ${wait.text}`;
  const branches = frames.at(-1)?.branches ?? [];
  return branches.length > 0 ? branches.map(wordsOf).join(' | ') : '-';
};

const running = new Map();
process.on('unhandledRejection', (error) => console.error(error));

/** Starts async functions, by name. */
function park(functions) {
  for (const [name, wait] of Object.entries(functions))
    running.set(name, wait());
}

/** Prints what a door, which is the argument, says of each function, and ends. */
function show() {
  const { dump, extract } = require('asynctb');
  const found = {};
  let output = '';
  let isCut = false;
  if (process.argv[2] === 'extract') {
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc');
    for (const [name, promise] of running) {
      // What the last one has left behind takes room in the evidence.
      collect();
      const stack = extract(promise);
      found[name] = wordsOf(stack);
      output += `${stack}${JSON.stringify(stack)}`;
    }
  } else {
    const dumped = dump();
    const { groups, stats } = dumped.threads.find(
      ({ threadId }) => threadId === 0,
    );
    isCut = stats.partlyExplained === true;
    for (const { stack } of groups)
      for (const { functionName } of stack.frames)
        if (running.has(functionName)) found[functionName] = wordsOf(stack);
    output = `${dumped}${JSON.stringify(dumped)}`;
  }
  console.log(JSON.stringify({ found, isCut, leaks: output.includes(SECRET) }));
  process.exit();
}

module.exports = {
  SECRET,
  halfSpeaking,
  keep,
  park,
  peer,
  show,
  turn,
  turns,
  until,
};
