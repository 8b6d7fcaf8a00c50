// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Dumps in a process that gets no more memory, or little. What could crash here: V8 ends the process
 * where it cannot reserve what a new isolate takes, and so does an exception for want of memory that
 * nobody catches.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Program, Programs } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

/** As by `ulimit -v`, when the process has begun. */
function limitTo(program: Program, moreMegabytes: number): void {
  const status = readFileSync(`/proc/${program.pid}/status`, 'utf8');
  const inUse = Number(/^VmSize:\s+(\d+) kB$/mu.exec(status)?.[1]) * 1024;
  const limit = inUse + moreMegabytes * 2 ** 20;
  const call = `resource.prlimit(${program.pid}, resource.RLIMIT_AS, (${limit}, resource.RLIM_INFINITY))`;
  execFileSync('python3', ['-c', `import resource; ${call}`]);
}

const ANSWER = /^asynctb: no dump: .*$|^=== end of asynctb dump /mu;

describe.runIf(existsSync('/proc/self/status'))(
  'a process that may use',
  () => {
    it.each([0, 1, 3, 10, 30, 100, 200, 400, 600, 800])(
      '%d MB more of address space is not harmed by a dump, and says where its tasks wait or why not',
      async (moreMegabytes) => {
        const program = programs.start('signal/many-tasks.cjs');
        await program.says('ready');
        await program.answers();
        limitTo(program, moreMegabytes);
        for (let i = 0; i < 2; i++) {
          const before = program.stderr.length;
          program.kill();
          await program.until(
            () => ANSWER.test(program.stderr.slice(before)),
            'a dump, or why there is none',
          );
        }
        await program.answers();
        program.send('exit');
        expect(await program.ended()).toEqual({ code: 7, signal: null });
      },
    );

    it('less than an isolate takes is told the places, without their formatters', async () => {
      const program = programs.start('signal/many-tasks.cjs');
      await program.says('ready');
      await program.answers();
      limitTo(program, 120);
      const dump = await program.dump();
      expect(program.stderr).toContain(
        'asynctb: no dump: there is too little address space or memory for the formatter; where the tasks wait, in short:\n',
      );
      expect(dump).toContain(
        '\n=== thread 0 "main": idle, 60000 suspended tasks at 2001 places ===\n',
      );
      expect(dump).toMatch(
        /\n58000 tasks wait here[^\n]*:\n╠ query at .*many-tasks\.cjs:15:3\n║ └ await new Promise\(\(resolve\) => pending\.push\(resolve\)\);\n/u,
      );
      expect(dump).toContain('\nand 1001 more tasks elsewhere\n');
    });
  },
);
