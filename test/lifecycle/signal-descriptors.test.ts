// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * File descriptors: a dump comes when the program has none left, and when it has closed 0, 1 or 2 or
 * put something else there, which is its own.
 */

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import {
  type Program,
  type ProgramOptions,
  Programs,
  REGISTER,
} from '../support/program';

const LIBRARY = join(projectRoot, 'dist', 'index.js');

const programs = new Programs({ manyDumps: true });
let scratch = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'asynctb-descriptors-'));
});

afterEach(async () => {
  await programs.end();
  rmSync(scratch, { recursive: true });
});

function full(args: readonly string[], options: ProgramOptions = {}): Program {
  return programs.start('signal/no-descriptors.cjs', {
    launcher: 'signal/few-descriptors.sh',
    args,
    ...options,
  });
}

const WAITS =
  /^1 task waits here[^\n]*:\n╠ leak at .*no-descriptors\.cjs:\d+:\d+$/mu;

describe('a program without a file descriptor left', () => {
  it('is dumped by signal, again and again', async () => {
    const program = full(['serve', '0']);
    await program.says('ready');
    for (let i = 0; i < 3; i++) expect(await program.dump()).toMatch(WAITS);
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
  });

  it('has its dumps in files', async () => {
    const program = full(['serve', '0'], { env: { ASYNCTB_DIR: scratch } });
    await program.says('ready');
    for (let i = 1; i <= 3; i++) {
      program.kill();
      await program.until(
        () =>
          readdirSync(scratch).length === i &&
          /written to .*\n$/u.test(program.stderr),
        `${i} files`,
      );
      await program.reports(new RegExp(`written to .*-${i}\\.txt`, 'u'));
    }
    for (const name of readdirSync(scratch)) {
      expect(readFileSync(join(scratch, name), 'utf8')).toMatch(WAITS);
    }
    expect(program.dumps).toEqual([]);
  });

  it('is dumped by the watchdog', async () => {
    const program = full(['spin', '0'], { env: { ASYNCTB_WATCHDOG: '100' } });
    await program.says('ready');
    await program.until(() => program.dumps.length > 0, 'a dump');
    expect(program.dumps[0]).toMatch(WAITS);
  });

  it('is dumped while it is blocked in native code', async () => {
    const fifo = join(scratch, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const program = full(['blocked', '0', fifo]);
    await program.says('ready');
    const dump = await program.dumpThatMatches(/blocked in native code/u);
    expect(dump).toMatch(/^║ └ .*fs\.readSync\(fifo, /mu);
  });

  it('is dumped when it ends with an unsettled top-level await', async () => {
    const program = programs.start('exit/unsettled-full.mjs', {
      launcher: 'signal/few-descriptors.sh',
    });
    expect(await program.ended()).toEqual({ code: 13, signal: null });
    expect(program.dumps[0]).toMatch(/^╠ connect at .*unsettled-full\.mjs/mu);
  });

  it.each([
    ['had made one before', 'dump-again', { nodeArgs: [] }],
    ['has loaded asynctb/register', 'dump', {}],
  ])('makes dump()s if it %s', async (_what, way, options) => {
    const program = full([way, '0', LIBRARY], options);
    await program.says('ready');
    expect(program.stdout).toMatch(WAITS);
  });

  it('is told what is missing when it calls dump() for the first time', async () => {
    const program = full(['dump', '0', LIBRARY], { nodeArgs: [] });
    expect((await program.ended()).code).toBe(1);
    expect(program.stderr).toContain('ERR_ASYNCTB_NO_DESCRIPTOR');
    expect(program.stderr).toContain(
      'a part of asynctb cannot be loaded: too many open files; load asynctb/register at start',
    );
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16])(
    'survives the signal when it registers with %d left',
    async (free) => {
      const program = full(['register', String(free), REGISTER], {
        nodeArgs: [],
      });
      // With none, the module cannot even be read, and `require` throws.
      if (free === 0) {
        expect((await program.ended()).code).toBe(1);
        return;
      }
      await program.says('ready');
      program.kill();
      await program.until(
        () =>
          program.dumps.length > 0 ||
          /asynctb: no dump: /u.test(program.stderr),
        'an answer',
      );
      await program.answers();
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
    },
  );
});

describe('a program that has closed', () => {
  const start = async (
    args: readonly string[],
    options: ProgramOptions = {},
  ): Promise<Program> => {
    const program = programs.start('signal/own-standard.cjs', {
      args,
      ...options,
    });
    await program.answers();
    return program;
  };
  const PARKED = /^╠ park at .*own-standard\.cjs:\d+:\d+$/mu;

  it.each(['0', '1', '2', '01', '12', '02', '012'])(
    '%s is dumped to what was stderr, and lives on',
    async (digits) => {
      const program = await start([digits]);
      for (let i = 0; i < 2; i++) expect(await program.dump()).toMatch(PARKED);
      await program.answers();
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
    },
  );

  it.each(['0', '1', '2', '012'])(
    '%s and opened files of its own finds no dump in them',
    async (digits) => {
      const program = await start([digits, scratch]);
      for (let i = 0; i < 2; i++) expect(await program.dump()).toMatch(PARKED);
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
      for (const digit of digits) {
        expect(readFileSync(join(scratch, digit), 'utf8')).toBe(`${digit}\n`);
      }
    },
  );

  it.each(['0', '2', '012'])('%s has its dumps in files', async (digits) => {
    const program = await start([digits], { env: { ASYNCTB_DIR: scratch } });
    program.kill();
    await program.reports(/dump written to .*\.txt\n/u);
    const [name = ''] = readdirSync(scratch);
    expect(readFileSync(join(scratch, name), 'utf8')).toMatch(PARKED);
  });

  it.each(['0', '1', '01'])(
    '%s before it registers is dumped',
    async (digits) => {
      const program = await start([digits, '', REGISTER], { nodeArgs: [] });
      for (let i = 0; i < 2; i++) expect(await program.dump()).toMatch(PARKED);
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
    },
  );

  it.each([
    ['nothing else', '', ''],
    ['has a file of its own there', 'own', '2\n'],
  ])(
    '2 before it registers, and %s, lives on; a dump is only in a file',
    async (_what, folder, content) => {
      const own = join(scratch, 'own');
      const dumps = join(scratch, 'dumps');
      mkdirSync(own);
      mkdirSync(dumps);
      const program = await start(['2', folder && own, REGISTER], {
        nodeArgs: [],
        env: { ASYNCTB_DIR: dumps },
      });
      program.kill();
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
      const [name = ''] = readdirSync(dumps);
      expect(readFileSync(join(dumps, name), 'utf8')).toMatch(PARKED);
      if (folder) {
        expect(readFileSync(join(own, '2'), 'utf8')).toContain(content);
      }
    },
  );
});
