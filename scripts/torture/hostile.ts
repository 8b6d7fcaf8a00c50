// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Programs that change the language under everybody's feet: dumps come all the same, and run none of it. */

import { type Check, endProblem, END_OF_DUMP } from './check';
import { runNode, type Subject } from './child';
import type { Random } from './random';

/** `touched(name)` is called by what must not be called. */
const CHANGES: Readonly<Record<string, string>> = {
  'frozen Error': `Object.freeze(Error);`,
  'locked stackTraceLimit': `Object.defineProperty(Error, 'stackTraceLimit', { value: 3, writable: false, configurable: false });`,
  'throwing prepareStackTrace': `Error.prepareStackTrace = () => { touched('prepareStackTrace'); throw new Error('no'); };`,
  'argv that is no array': `process.argv = 5;`,
  'no versions': `Object.defineProperty(process, 'versions', { value: undefined });`,
  'no WeakRef': `delete globalThis.WeakRef; delete globalThis.WeakMap; delete globalThis.FinalizationRegistry;`,
  'polluted Object.prototype': `for (const name of ['value', 'get', 'set', 'threads', 'maxTasks', 'locals', 'resources', 'timeoutMs', 'awaiters', 'maxFrames', 'enumerable', 'writable']) Object.defineProperty(Object.prototype, name, { __proto__: null, get() { touched('Object.prototype.' + name); return undefined; }, set() {}, configurable: true });`,
  'patched iteration': `const iterate = Array.prototype[Symbol.iterator]; Array.prototype[Symbol.iterator] = function () { touched('iterator'); return iterate.call(this); };`,
  'patched Map and Set': `for (const [type, names] of [[Map, ['get', 'set', 'has', 'forEach']], [Set, ['add', 'has', 'forEach']], [WeakMap, ['get', 'set']]]) for (const name of names) { const own = type.prototype[name]; type.prototype[name] = function (...args) { touched(type.name + '.' + name); return Reflect.apply(own, this, args); }; }`,
  'patched functions': `for (const name of ['bind', 'call', 'apply']) { const own = Function.prototype[name]; Function.prototype[name] = function (...args) { touched(name); return Reflect.apply(own, this, args); }; }`,
  'patched arrays and texts': `for (const [type, names] of [[Array, ['push', 'map', 'filter', 'slice', 'join', 'some', 'forEach', 'flatMap', 'sort', 'reverse']], [String, ['replace', 'slice', 'split', 'startsWith', 'trim', 'includes', 'padEnd']], [RegExp, ['exec', 'test']]]) for (const name of names) { const own = type.prototype[name]; type.prototype[name] = function (...args) { touched(type.name + '.' + name); return Reflect.apply(own, this, args); }; }`,
  'patched then': `const own = Promise.prototype.then; Promise.prototype.then = function (...args) { touched('then'); return Reflect.apply(own, this, args); };`,
  'patched globals': `for (const name of ['Date', 'JSON', 'Symbol', 'Number', 'String', 'Array', 'Object', 'Reflect', 'Proxy']) globalThis[name] = undefined;`,
};

/** What a program is started with. */
const FLAGS: readonly string[] = [
  '--frozen-intrinsics',
  '--disable-proto=delete',
  '--disable-proto=throw',
  '--disallow-code-generation-from-strings',
  '--jitless',
  '--no-opt',
  '--always-sparkplug',
  '--max-lazy',
  '--no-lazy',
  '--single-threaded',
  '--stress-flush-code',
  '--stress-compaction',
  '--stress-incremental-marking',
  '--gc-interval=50',
  '--interpreted-frames-native-stack',
  '--cpu-prof --cpu-prof-dir=FOLDER',
  '--heap-prof --heap-prof-dir=FOLDER',
  '--inspect=0',
  '--throw-deprecation',
  '--unhandled-rejections=strict',
];

export const hostile: readonly Check[] = [
  ...Object.entries(CHANGES).map(([name, code]) => ({
    name: `hostile: ${name}`,
    run: (subject: Subject) => tryChange(subject, code),
  })),
  ...FLAGS.map((flags) => ({
    name: `hostile: ${flags}`,
    run: (subject: Subject, _random: Random, folder: string) =>
      tryChange(subject, '', flags.replace('FOLDER', folder).split(' ')),
  })),
];

async function tryChange(
  subject: Subject,
  code: string,
  flags: readonly string[] = [],
): Promise<string | null> {
  const text = `
'use strict';
const { writeSync } = require('node:fs');
const asynctb = require(${JSON.stringify(subject.root)});
const keep = globalThis.keep = [];
let isLooking = false, isTouched = '';
function touched(name) { if (isLooking) isTouched = name; }
async function leaf() { await new Promise((resolve) => keep[keep.length] = resolve); }
async function outer() { await leaf(); }
const task = outer();
const pid = process.pid, kill = process.kill, exit = process.exit, later = setTimeout;
asynctb.extract(task); asynctb.dump();
${code}
later(() => {
  isLooking = true;
  const one = asynctb.extract(task);
  const names = one.frames[0].functionName + ' ' + one.frames[1].functionName;
  const text = asynctb.dump().toString();
  const graph = asynctb.callGraph(task).toString();
  isLooking = false;
  if (names !== 'outer leaf') writeSync(1, 'frames: ' + names);
  if (isTouched !== '') writeSync(1, 'ran code of the program: ' + isTouched);
  kill.call(process, pid, 'SIGUSR2');
  later(() => exit.call(process, 0), 300);
}, 1);`;
  const result = await runNode(subject, {
    args: [...flags, '-r', subject.register, '-e', text],
  });
  if (result.stdout !== '') return result.stdout;
  if (!END_OF_DUMP.test(result.stderr)) {
    return `no dump by signal\n${result.stderr.slice(-2_000)}`;
  }
  return endProblem(result, 0);
}
