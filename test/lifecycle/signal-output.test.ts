// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import Ajv from 'ajv/dist/2020';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { Program, Programs } from '../support/program';

const programs = new Programs({ manyDumps: true });
let scratch = '';
let directory = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'asynctb-output-'));
  directory = join(scratch, 'dumps');
  mkdirSync(directory);
});

afterEach(async () => {
  await programs.end();
  rmSync(scratch, { recursive: true });
});

async function parked(env: NodeJS.ProcessEnv, cwd?: string): Promise<Program> {
  const program = programs.start('signal/parked.cjs', {
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  await program.says('ready');
  return program;
}

const WRITTEN = /^asynctb: dump written to (.+)$/mu;

/** Sends the signal and returns the file that stderr then names. */
async function dumpFile(program: Program): Promise<string> {
  const before = program.stderr.length;
  const rest = (): string => program.stderr.slice(before);
  program.kill();
  await program.until(() => WRITTEN.test(rest()), 'the name of a file');
  return WRITTEN.exec(rest())?.[1] ?? '';
}

function checkSchema(json: unknown): void {
  const schema = JSON.parse(
    readFileSync(join(projectRoot, 'docs', 'dump.schema.json'), 'utf8'),
  ) as object;
  const validate = new Ajv({ allErrors: true }).compile(schema);
  validate(json);
  expect(validate.errors).toBeNull();
}

describe('ASYNCTB_DIR', () => {
  it('takes each dump as a new file that only its owner reads, and stderr names it', async () => {
    const program = await parked({ ASYNCTB_DIR: directory });
    const files = [await dumpFile(program), await dumpFile(program)];
    for (const [index, file] of files.entries()) {
      expect(file).toMatch(
        new RegExp(
          `^${directory}/asynctb-\\d{8}T\\d{6}Z-${program.pid}-${index + 1}\\.txt$`,
          'u',
        ),
      );
      expect(statSync(file).mode & 0o7777).toBe(0o600);
      const text = readFileSync(file, 'utf8');
      expect(text).toMatch(/^=== asynctb dump of process /u);
      expect(text).toMatch(/╠ query at .*parked\.cjs/u);
      expect(text).toMatch(/\n=== end of asynctb dump of process \d+ ===\n$/u);
    }
    expect(readdirSync(directory)).toHaveLength(2);
    expect(program.dumps).toEqual([]);
  });

  it('has mode 0600 under any umask', async () => {
    const program = programs.start('signal/umask.cjs', {
      env: { ASYNCTB_DIR: directory },
    });
    await program.says('ready');
    const file = await dumpFile(program);
    expect(statSync(file).mode & 0o7777).toBe(0o600);
  });

  it('is taken relative to where the program was started', async () => {
    const program = await parked({ ASYNCTB_DIR: 'dumps/' }, scratch);
    expect(await dumpFile(program)).toMatch(/\/dumps\/asynctb-/u);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it('never writes through a symbolic link in the place of the file', async () => {
    const program = await parked({ ASYNCTB_DIR: directory });
    const victim = join(scratch, 'victim');
    const missing = join(scratch, 'missing');
    // All the names that the first two dumps may get in the next two minutes.
    for (let second = 0; second < 120; second++) {
      const stamp = new Date(Date.now() + second * 1000)
        .toISOString()
        .replace(/[-:]|\.\d+/gu, '');
      const name = join(directory, `asynctb-${stamp}-${program.pid}-`);
      symlinkSync(victim, `${name}1.txt`);
      symlinkSync(missing, `${name}2.txt`);
    }
    writeFileSync(victim, 'untouched');
    const file = await dumpFile(program);
    expect(file).toMatch(/-3\.txt$/u);
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect(existsSync(missing)).toBe(false);
  });

  it('is refused when it is a symbolic link itself, and the dump goes to stderr', async () => {
    const link = join(scratch, 'link');
    symlinkSync(directory, link);
    const program = await parked({ ASYNCTB_DIR: `${link}/` });
    expect(await program.dump()).toContain('3 tasks wait here');
    expect(program.stderr).toContain(
      `asynctb: no file in ASYNCTB_DIR ${link}: it is a symbolic link; ` +
        'name the directory that it leads to; the dump follows here\n',
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['is missing', (path: string): void => rmSync(path, { recursive: true })],
    [
      'is a file',
      (path: string): void => {
        rmSync(path, { recursive: true });
        writeFileSync(path, '');
      },
    ],
  ])(
    'that %s is reported, and the dump goes to stderr',
    async (_what, spoil) => {
      const program = await parked({ ASYNCTB_DIR: directory });
      spoil(directory);
      expect(await program.dump()).toContain('3 tasks wait here');
      expect(program.stderr).toMatch(
        /^asynctb: no file in ASYNCTB_DIR .*\/dumps: (?:No such file|Not a directory).*; the dump follows here$/mu,
      );
    },
  );

  it('may be one that can be written to and not be listed', async () => {
    chmodSync(directory, 0o300);
    const program = await parked({ ASYNCTB_DIR: directory });
    expect(statSync(await dumpFile(program)).size).toBeGreaterThan(0);
  });

  it.each([0, 100])(
    'that takes no more than %d bytes is reported, and the whole dump goes to stderr',
    async (size) => {
      const program = await parked({ ASYNCTB_DIR: directory });
      const limit = `resource.prlimit(${program.pid}, resource.RLIMIT_FSIZE, (${size}, ${size}))`;
      execFileSync('python3', ['-c', `import resource; ${limit}`]);
      expect(await program.dump()).toContain('3 tasks wait here');
      expect(program.stderr).toMatch(
        /^asynctb: no file in ASYNCTB_DIR .*: File too large; the dump follows here$/mu,
      );
      expect(readdirSync(directory)).toEqual([]);
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
    },
  );

  it.runIf(process.getuid?.() === 0).each([
    [
      'belongs to another user',
      (path: string): void => chownSync(path, 4711, 4711),
      'it belongs to another user \\(uid 4711\\)',
    ],
    [
      'anybody may write to',
      (path: string): void => chmodSync(path, 0o777),
      'anybody may remove files in it; .*',
    ],
    [
      'belongs to another user and is sticky',
      (path: string): void => {
        chownSync(path, 4711, 4711);
        chmodSync(path, 0o1777);
      },
      'it belongs to another user \\(uid 4711\\)',
    ],
  ])(
    'that %s is refused, and the dump goes to stderr',
    async (_what, spoil, reason) => {
      const program = await parked({ ASYNCTB_DIR: directory });
      spoil(directory);
      expect(await program.dump()).toContain('3 tasks wait here');
      expect(program.stderr).toMatch(
        new RegExp(
          `^asynctb: no file in ASYNCTB_DIR .*/dumps: ${reason}; the dump follows here$`,
          'mu',
        ),
      );
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  it.each([0o1777, 0o2775, 0o770])('may have the mode %o', async (mode) => {
    chmodSync(directory, mode);
    const program = await parked({ ASYNCTB_DIR: directory });
    expect(await dumpFile(program)).toMatch(/\/dumps\/asynctb-/u);
  });

  it('takes no more files than ASYNCTB_MAX_FILES, which is said once', async () => {
    const program = await parked({
      ASYNCTB_DIR: directory,
      ASYNCTB_MAX_FILES: '2',
    });
    await dumpFile(program);
    await dumpFile(program);
    for (let i = 0; i < 2; i++) {
      expect(await program.dump()).toContain('3 tasks wait here');
    }
    expect(readdirSync(directory)).toHaveLength(2);
    expect(program.stderr.match(/ASYNCTB_MAX_FILES/gu)).toHaveLength(1);
  });
});

describe('ASYNCTB_FORMAT', () => {
  it('json gives a line on stderr that fits the published schema', async () => {
    const program = await parked({ ASYNCTB_FORMAT: 'json' });
    program.kill();
    await program.reports(/^\{.*\}$/mu);
    const dump = JSON.parse(program.stderr) as {
      reason: string;
      process: { pid: number; argv: string[]; uptimeMs: number };
      threads: { name: string; taskCount: number }[];
    };
    checkSchema(dump);
    expect(dump).toMatchObject({
      reason: 'signal',
      process: { pid: program.pid, node: process.versions.node },
      threads: [{ name: 'main', status: 'ok', taskCount: 3 }],
    });
    expect(dump.process.argv[1]).toMatch(/parked\.cjs$/u);
    expect(dump.process.uptimeMs).toBeGreaterThan(0);
  });

  it('json gives a .json file in ASYNCTB_DIR', async () => {
    const program = await parked({
      ASYNCTB_FORMAT: 'json',
      ASYNCTB_DIR: directory,
    });
    const file = await dumpFile(program);
    expect(file).toMatch(/\.json$/u);
    checkSchema(JSON.parse(readFileSync(file, 'utf8')));
  });

  it('that is not known is reported, and dumps are text', async () => {
    const program = await parked({ ASYNCTB_FORMAT: 'yaml' });
    await program.reports('ASYNCTB_FORMAT=yaml is not known');
    expect(await program.dump()).toContain('3 tasks wait here');
  });
});

describe('a dump on stderr', () => {
  it.each(['blocking', 'non-blocking'])(
    'is whole, even if it is read late from a %s pipe that it does not fit in',
    async (mode) => {
      const program = programs.start('signal/many-places.cjs', {
        args: [mode],
        keepErrors: true,
      });
      await program.says('ready');
      program.kill();
      // Nobody reads, and the program goes on.
      await program.answers();
      program.readErrors();
      await program.until(() => program.dumps.length === 1, 'a whole dump');
      const places = program.dumps[0]?.match(/^1 task waits here[^\n]*:$/gmu);
      expect(places).toHaveLength(4000);
    },
  );
});
