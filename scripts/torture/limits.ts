// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Too few descriptors, no disk, little memory, no processor: the dump comes, and the program goes on. */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, endProblem, END_OF_DUMP } from './check';
import { runNode, type Subject } from './child';
import { projectRoot } from '../lib/suite';

const TASKS = `
const keep = globalThis.keep = [];
async function leaf() { await new Promise((resolve) => keep.push(resolve)); }
for (let i = 0; i < 1000; i++) leaf();
`;

/** Sends itself the signal, and ends once the text of the dump is out, or after a while. */
const DUMP = `
process.kill(process.pid, 'SIGUSR2');
setTimeout(() => process.exit(0), 1500);
`;

function program(before: string): string[] {
  return ['-e', `${TASKS}${before}${DUMP}`];
}

async function dumps(
  subject: Subject,
  before: readonly string[],
  code: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const result = await runNode(subject, {
    args: ['-r', subject.register, ...program(code)],
    before,
    env,
  });
  const problem = endProblem(result, 0);
  if (problem !== null) return problem;
  return END_OF_DUMP.test(result.stderr)
    ? null
    : `no dump\n${result.stderr.slice(-2_000)}`;
}

export const limits: readonly Check[] = [
  {
    name: 'limit: every descriptor in use',
    run: (subject) =>
      dumps(
        subject,
        ['prlimit', '--nofile=64'],
        `const fs = require('node:fs'); try { for (;;) fs.openSync('/dev/null'); } catch {}`,
      ),
  },
  {
    name: 'limit: a folder that is full',
    run: (subject) => dumps(subject, [], '', { ASYNCTB_DIR: '/dev/full' }),
  },
  {
    name: 'limit: the size of files',
    async run(subject, random, folder) {
      const directory = join(folder, `files-${process.hrtime.bigint()}`);
      mkdirSync(directory);
      const most = random.whole(0, 300);
      const problem = await dumps(subject, ['prlimit', `--fsize=${most}`], '', {
        ASYNCTB_DIR: directory,
      });
      if (problem !== null) return problem;
      const left = readdirSync(directory);
      return left.length === 0 ? null : `left behind: ${left.join()}`;
    },
  },
  {
    name: 'limit: standard descriptors that are closed, or something else',
    async run(subject, random, folder) {
      const directory = join(folder, `standard-${process.hrtime.bigint()}`);
      mkdirSync(directory);
      const closed = [0, 1, 2].filter(() => random.chance(0.6));
      const other = random.chance(0.5) ? join(directory, 'own') : '/dev/null';
      const problem = await dumps(
        subject,
        [],
        `for (const fd of ${JSON.stringify(closed)}) require('node:fs').closeSync(fd);
for (const fd of ${JSON.stringify(closed)}) if (${random.chance(0.5)}) require('node:fs').openSync(${JSON.stringify(other)}, 'a');
`,
      );
      if (problem !== null) return `closed: ${closed.join()}\n${problem}`;
      const own = join(directory, 'own');
      return existsSync(own) && readFileSync(own, 'utf8') !== ''
        ? `in the program's own file: ${readFileSync(own, 'utf8').slice(0, 200)}`
        : null;
    },
  },
  {
    name: 'limit: the stack, all but used up',
    async run(subject, random) {
      const left = random.whole(1, 20);
      return dumps(
        subject,
        [],
        `let most = 0;
function probe(n) { most = n; probe(n + 1); }
try { probe(0); } catch {}
setTimeout(() => {
  const end = Date.now() + 1000;
  const go = (n) => { if (n > 0) return go(n - 1) + 1; while (Date.now() < end); return 0; };
  for (let depth = most - ${left}; depth > 0; depth--) { try { go(depth); break; } catch {} }
}, 0);
`,
      );
    },
  },
  {
    name: 'limit: address space',
    async run(subject, random) {
      const result = await runNode(subject, {
        args: ['-r', subject.register, ...program('')],
        before: ['prlimit', `--as=${random.whole(1_200, 2_500) * 1024 * 1024}`],
      });
      // Where Node itself does not start, nothing can be said.
      return /=== asynctb|asynctb:/.test(result.stderr)
        ? endProblem(result, 0)
        : null;
    },
  },
  {
    name: 'limit: a heap that is nearly full',
    async run(subject, random) {
      const [structure, size] = random.pick([
        ['awaiters', 50_000],
        ['chain', 200_000],
        ['queue', 40_000],
        ['inputs', 50_000],
        ['ladder', 30_000],
        ['pool', 50_000],
      ] as const);
      const file = join(subject.root, 'test/programs/bounds/near-limit.cjs');
      const result = await runNode(subject, {
        args: [
          '--max-old-space-size=180',
          '--expose-gc',
          file,
          structure,
          String(size),
          '64',
        ],
        cwd: projectRoot,
        timeoutMs: 120_000,
      });
      return endProblem(result, 0);
    },
  },
  {
    name: 'limit: no processor',
    async run(subject, _random, folder) {
      const directory = join(folder, `starved-${process.hrtime.bigint()}`);
      mkdirSync(directory);
      const others = Array.from({ length: 4 }, () =>
        spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
      );
      try {
        const result = await runNode(subject, {
          args: [
            '-r',
            subject.register,
            '-e',
            `${TASKS}process.kill(process.pid, 'SIGUSR2'); setTimeout(() => {}, 4000);`,
          ],
          timeoutMs: 180_000,
          env: { ASYNCTB_DIR: directory },
        });
        const text = readdirSync(directory)
          .map((name) => readFileSync(join(directory, name), 'utf8'))
          .join('');
        const problem = endProblem(result, 0);
        if (problem !== null) return problem;
        return text.includes('1,000 suspended tasks') && END_OF_DUMP.test(text)
          ? null
          : `no whole dump: ${text.slice(0, 500)}\n${result.stderr}`;
      } finally {
        for (const other of others) other.kill('SIGKILL');
      }
    },
  },
];
