// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A disk that takes no more, at any moment: the dump is on stderr then, and no half file is left. */

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { type Program, Programs } from '../support/program';

const { ENOSPC, EIO, EDQUOT } = constants.errno;
const programs = new Programs({ manyDumps: true });
const scratch = mkdtempSync(join(tmpdir(), 'asynctb-disk-'));
const preload = join(scratch, 'failing-writes.so');
const directory = join(scratch, 'dumps');

beforeAll(() => {
  const source = join(projectRoot, 'test/programs/signal/failing_writes.cc');
  execFileSync(process.env['CXX'] ?? 'g++', [
    ...['-shared', '-fPIC', source, '-ldl', '-o', preload],
  ]);
});

beforeEach(() => mkdirSync(directory));

afterEach(async () => {
  await programs.end();
  rmSync(directory, { recursive: true });
});

afterAll(() => rmSync(scratch, { recursive: true }));

async function start(
  faults: Record<string, number>,
  env: NodeJS.ProcessEnv = {},
): Promise<Program> {
  // What is preloaded already, such as a sanitizer's runtime, has to be first.
  const libraries = [process.env['LD_PRELOAD'] ?? '', preload];
  const settings: NodeJS.ProcessEnv = {
    LD_PRELOAD: libraries.filter((library) => library !== '').join(':'),
    ...env,
  };
  for (const [name, value] of Object.entries(faults)) {
    settings[name] = String(value);
  }
  const program = programs.start('signal/parked.cjs', {
    env: { ASYNCTB_DIR: directory, ...settings },
  });
  await program.says('ready');
  return program;
}

describe('a file that takes no more of a dump', () => {
  it.each([
    ['ENOSPC', ENOSPC, 0, 'No space left on device'],
    ['ENOSPC', ENOSPC, 1, 'No space left on device'],
    ['ENOSPC', ENOSPC, 400, 'No space left on device'],
    ['EIO', EIO, 300, 'Input/output error'],
    ['EDQUOT', EDQUOT, 200, 'Disk quota exceeded'],
  ])(
    'with %s (%d) after %d bytes leaves all of it to stderr',
    async (_name, code, bytes, reason) => {
      const program = await start({ FAILS_AFTER: bytes, FAILS_WITH: code });
      expect(await program.dump()).toContain('3 tasks wait here');
      expect(program.stderr).toContain(
        `asynctb: no file in ASYNCTB_DIR ${directory}: ${reason}; the dump follows here\n=== asynctb dump of`,
      );
      expect(readdirSync(directory)).toEqual([]);
      await program.answers();
    },
  );

  it('leaves JSON in one piece', async () => {
    const program = await start(
      { FAILS_AFTER: 100, FAILS_WITH: ENOSPC },
      { ASYNCTB_FORMAT: 'json' },
    );
    program.kill();
    await program.reports(/^\{.*\}$/mu);
    const [line = ''] = /^\{.*\}$/mu.exec(program.stderr) ?? [];
    expect(JSON.parse(line)).toMatchObject({
      threads: [{ name: 'main', taskCount: 3 }],
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('and says so only when it is closed leaves all of it to stderr', async () => {
    const program = await start({ FAILS_AT_CLOSE: EDQUOT });
    expect(await program.dump()).toContain('3 tasks wait here');
    expect(program.stderr).toContain('Disk quota exceeded; the dump follows');
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    expect(program.stderr).not.toContain('dump written to');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('and gives back nothing is named, and has its part; the rest is on stderr', async () => {
    const program = await start({
      ...{ FAILS_AFTER: 40, FAILS_WITH: EIO, LOSES: 1 },
    });
    program.kill();
    await program.reports(/^=== end of asynctb dump of process \d+ ===$/mu);
    const [name = ''] = readdirSync(directory);
    expect(program.stderr).toContain(
      `asynctb: the first 40 bytes of the dump are in ${directory}/${name}\n`,
    );
    const rest = program.stderr.slice(
      program.stderr.indexOf(name) + name.length + 1,
    );
    expect(readFileSync(join(directory, name), 'utf8') + rest).toMatch(
      /^=== asynctb dump of process .*\nnode .*\n[^]*3 tasks wait here[^\n]*:/u,
    );
  });

  it('is used again when it takes something again', async () => {
    const program = await start({ FAILS_AFTER: 100, FAILS_WITH: ENOSPC });
    for (let i = 0; i < 2; i++) {
      expect(await program.dump()).toContain('3 tasks wait here');
    }
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('short and interrupted writes', () => {
  it('still make a whole file', async () => {
    const program = await start({ WRITES_AT_MOST: 7 });
    program.kill();
    await program.reports(/dump written to .*\.txt\n/u);
    const [name = ''] = readdirSync(directory);
    expect(readFileSync(join(directory, name), 'utf8')).toMatch(
      /^=== asynctb dump of [^]*3 tasks wait here[^\n]*:[^]*\n=== end of asynctb dump of process \d+ ===\n$/u,
    );
  });

  it('still make a whole dump on stderr', async () => {
    const program = await start({ WRITES_AT_MOST: 7 }, { ASYNCTB_DIR: '' });
    expect(await program.dump()).toContain('3 tasks wait here');
  });
});

describe('a stderr that takes nothing', () => {
  it.each([
    ['is a full disk', '/dev/full'],
    ['is not there', ''],
  ])('since it %s does not harm the program', async (_what, file) => {
    const program = programs.start('signal/parked.cjs', {
      launcher: 'signal/stderr-to.sh',
      env: { STDERR_TO: file, ASYNCTB_DIR: '' },
    });
    await program.says('ready');
    program.kill();
    await program.answers();
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
  });

  it('leaves a dump to its file', async () => {
    const program = programs.start('signal/parked.cjs', {
      launcher: 'signal/stderr-to.sh',
      env: { STDERR_TO: '/dev/full', ASYNCTB_DIR: directory },
    });
    await program.says('ready');
    program.kill();
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    const [name = ''] = readdirSync(directory);
    expect(readFileSync(join(directory, name), 'utf8')).toContain(
      '3 tasks wait here:',
    );
  });
});
