// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits at gates that rules of its own explain. The argument says how they are registered and what it does then:
// 'calls' (what each call says before, with the rules, and after they were taken back), 'waits' (until it is told
// to end), 'late' (registers when it is told), 'by worker' (a worker does, and ends when it is told), 'blocks'
// (its loop stands still), 'ends' (nothing is left to do).
'use strict';

const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const {
  Worker,
  isMainThread,
  parentPort,
  workerData,
} = require('node:worker_threads');

const [, , how = 'waits'] = process.argv;
const SECRET = ['hunter', '2'].join('');

const RULES = [
  {
    classes: ['Gate'],
    kind: 'lock',
    text: 'gate {label}, of {lanes} lanes[, {#cars} by number][, {waiting#} wait][, {nothing} at all][, {Road.surface}][, {config.hours|ms}][: {query}][ by {endpoint}][{opens}][{plan}]',
    when: { isOpen: false },
  },
  // Of a class that asynctb knows.
  { classes: ['PendingItem'], kind: 'pool', text: 'a slip of {Rack.owner}' },
];

class Gate {
  #cars = 3;
  label = 'north';
  lanes = 2.5;
  isOpen = false;
  config = { hours: 24, password: SECRET };
  query = `select * from cars where plate = '${SECRET}'`;
  endpoint = `https://user:${SECRET}@host.example/cars?plate=${SECRET}`;
  plate = SECRET;
  waiting = [];
  get opens() {
    throw new Error('a getter has run');
  }
  get plan() {
    throw new Error('a getter has run');
  }
  through() {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
  cars() {
    return this.#cars;
  }
}
class Road {
  surface = 'gravel';
  gate = new Gate();
}
class PendingItem {
  constructor(resolve) {
    this.resolve = resolve;
    // Nobody asks for that of this class.
    this.query = SECRET;
    this.lanes = 7;
  }
}
class Rack {
  owner = 'the rack';
  slips = [];
  slip() {
    return new Promise((resolve) => this.slips.push(new PendingItem(resolve)));
  }
}

const road = (globalThis.road = new Road());
const rack = (globalThis.rack = new Rack());
async function atGate() {
  await road.gate.through();
}
async function atRack() {
  await rack.slip();
}
const register = () => require('asynctb/explain').register(RULES);
const tasks = [atGate(), atRack()];
const wait = () => setInterval(() => {}, 60_000);

function waitsOf({ threads }) {
  const found = {};
  for (const { groups } of threads) {
    for (const { stack } of groups) {
      const name = stack.frames[0]?.functionName;
      if (/^at/.test(name)) found[name] = stack.wait;
    }
  }
  return found;
}

/** What earlier looks have left behind holds what is looked for. */
function collected(extraction) {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return extraction();
}

async function look() {
  const { dump, dumpAsync, extract, extractMany } = require('asynctb');
  const byName = (stacks) => ({
    atGate: stacks[0]?.wait ?? null,
    atRack: stacks[1]?.wait ?? null,
  });
  return {
    dump: waitsOf(dump()),
    dumpOfLocals: waitsOf(dump({ locals: true })),
    dumpAsync: waitsOf(await dumpAsync()),
    extract: byName(tasks.map((task) => collected(() => extract(task)))),
    extractMany: byName(collected(() => extractMany(tasks))),
    text: String(dump()),
    json: JSON.stringify(dump()),
  };
}

async function calls() {
  const before = await look();
  const unregister = register();
  const meanwhile = await look();
  unregister();
  unregister();
  const after = await look();
  // What one call has registered stays when another one's is taken back.
  const twice = [register(), register()];
  twice[0]();
  const still = await look();
  console.log(JSON.stringify({ before, meanwhile, after, still }));
}

if (!isMainThread) {
  if (workerData === 'registers') register();
  parentPort.postMessage('ready');
  if (workerData === 'registers') parentPort.once('message', () => {});
  else wait();
} else if (how === 'calls') {
  calls();
} else if (how === 'blocks') {
  register();
  setTimeout(() => {
    for (;;);
  }, 100);
} else if (how === 'ends') {
  register();
} else {
  wait();
  const registers = how === 'by worker' ? 'registers' : '';
  const worker = new Worker(__filename, { workerData: registers });
  worker.once('message', () => console.log('ready'));
  worker.once('exit', () => console.log('worker has gone'));
  process.on('message', (message) => {
    if (message === 'end') process.exit();
    if (message === 'end worker') worker.postMessage('end');
    if (message === 'register') {
      register();
      process.send('registered');
    }
  });
}
