// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Every way in which a process ends, while it is asked for dumps: it must end as it does without. */

import { type Check, endProblem } from './check';
import { runNode, type Subject } from './child';
import type { Random } from './random';

const TASKS = `
const keep = globalThis.keep = [];
async function leaf() { await new Promise((resolve) => keep.push(resolve)); }
async function outer(n) { await (n > 0 ? outer(n - 1) : leaf()); }
for (let i = 0; i < 200; i++) outer(i % 20);
`;

/** Each runs some milliseconds after the program has said that it is there. */
const WAYS: readonly (readonly [
  name: string,
  code: string,
  exitCode: number | null,
  signal?: string,
  /** Of the first Node that can do it. */
  sinceMajor?: number,
])[] = [
  ['natural', `setTimeout(() => {}, WAIT)`, 0],
  ['exit code', `setTimeout(() => { process.exitCode = 7; }, WAIT)`, 7],
  ['exit', `setTimeout(() => process.exit(3), WAIT)`, 3],
  ['reallyExit', `setTimeout(() => process.reallyExit(4), WAIT)`, 4],
  [
    'exit in exit',
    `process.on('exit', () => process.exit(5)); setTimeout(() => {}, WAIT)`,
    5,
  ],
  ['fatal', `setTimeout(() => { throw new Error('expected'); }, WAIT)`, 1],
  [
    'rejection',
    `setTimeout(() => Promise.reject(new Error('expected')), WAIT)`,
    1,
  ],
  [
    'SIGTERM',
    `setTimeout(() => process.kill(process.pid, 'SIGTERM'), WAIT)`,
    null,
    'SIGTERM',
  ],
  [
    'SIGKILL',
    `setTimeout(() => process.kill(process.pid, 'SIGKILL'), WAIT)`,
    null,
    'SIGKILL',
  ],
  ['abort', `setTimeout(() => process.abort(), WAIT)`, null, 'SIGABRT'],
  [
    'execve',
    `setTimeout(() => process.execve('/bin/sh', ['sh', '-c', 'exit 9'], process.env), WAIT)`,
    9,
    undefined,
    24,
  ],
  [
    'exception of a worker',
    `const { Worker } = require('node:worker_threads');
new Worker('setTimeout(() => { throw new Error("expected"); }, ' + WAIT + ')', { eval: true, execArgv: ['-r', REGISTER] });`,
    1,
  ],
  [
    'busy to the end',
    `const end = Date.now() + WAIT; while (Date.now() < end);`,
    0,
  ],
  [
    'workers end with it',
    `const { Worker } = require('node:worker_threads');
for (let i = 0; i < 2; i++) new Worker('setInterval(() => {}, 1)', { eval: true, execArgv: ['-r', REGISTER] }).unref();
setTimeout(() => process.exit(6), WAIT)`,
    6,
  ],
  [
    'workers are terminated',
    `const { Worker } = require('node:worker_threads');
const end = Date.now() + WAIT * 4;
(async function again() {
  while (Date.now() < end) {
    const worker = new Worker('async function waits() { await new Promise(() => {}); } for (let i = 0; i < 100; i++) waits(); setInterval(() => {}, 1)', { eval: true, execArgv: ['-r', REGISTER] });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * WAIT));
    await worker.terminate();
  }
})();`,
    0,
  ],
  [
    'workers end first',
    `const { Worker } = require('node:worker_threads');
for (let i = 0; i < 2; i++) new Worker('setTimeout(() => {}, ' + WAIT / 2 + ')', { eval: true, execArgv: ['-r', REGISTER] });
setTimeout(() => {}, WAIT)`,
    0,
  ],
];

export const exits: readonly Check[] = WAYS.map(
  ([name, code, exitCode, signal, sinceMajor = 0]) => ({
    name: `exit: ${name}`,
    run: async (subject, random) => {
      if (Number.parseInt(subject.version, 10) < sinceMajor) return null;
      const problem = await tryWay(
        subject,
        random,
        code,
        exitCode,
        signal ?? null,
      );
      // The program that stands in its place then has no handler: the signal came a moment too late.
      const isTooLate =
        name === 'execve' && problem?.startsWith('ended with SIGUSR2') === true;
      return isTooLate ? null : problem;
    },
  }),
);

async function tryWay(
  subject: Subject,
  random: Random,
  code: string,
  exitCode: number | null,
  signal: string | null,
): Promise<string | null> {
  const wait = random.whole(20, 150);
  const text = `${TASKS}
process.stdout.write('ready');
const WAIT = ${wait}, REGISTER = ${JSON.stringify(subject.register)};
${code}`;
  const signals = Array.from({ length: random.whole(1, 4) }, () =>
    random.whole(0, wait + 30),
  );
  const result = await runNode(subject, {
    args: ['-r', subject.register, '-e', text],
    meanwhile(pid, stdout) {
      const timer = setInterval(() => {
        if (!stdout().includes('ready')) return;
        clearInterval(timer);
        for (const delay of signals) setTimeout(() => send(pid), delay);
      }, 2);
      setTimeout(() => clearInterval(timer), 30_000).unref();
    },
  });
  return endProblem(result, exitCode, signal);
}

function send(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR2');
  } catch {
    // It has ended.
  }
}
