// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What a dump does when its own parts fail: it says so, and the program never notices. */

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { type Program, Programs } from '../support/program';

const programs = new Programs({ manyDumps: true });
let root = '';

/** A copy of the package to be spoilt. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'asynctb-failures-'));
  cpSync(join(projectRoot, 'dist'), join(root, 'dist'), { recursive: true });
  cpSync(join(projectRoot, 'package.json'), join(root, 'package.json'));
  symlinkSync(
    join(projectRoot, 'node_modules'),
    join(root, 'node_modules'),
    'dir',
  );
});

afterEach(async () => {
  await programs.end();
  rmSync(root, { recursive: true });
});

function linkAddon(): void {
  symlinkSync(join(projectRoot, 'build'), join(root, 'build'), 'dir');
}

/** The program, with a formatter that has this in its place. */
async function startWith(
  formatter: string,
  nodeArgs: readonly string[] = [],
): Promise<Program> {
  linkAddon();
  appendFileSync(join(root, 'dist', 'isolate-formatter.js'), `;${formatter}`);
  return start(nodeArgs);
}

async function start(nodeArgs: readonly string[] = []): Promise<Program> {
  const program = programs.start('signal/parked.cjs', {
    nodeArgs: [...nodeArgs, '-r', join(root, 'dist', 'register.js')],
  });
  await program.says('ready');
  return program;
}

async function goesOnAndExits(program: Program): Promise<void> {
  await program.answers();
  program.send('exit');
  expect(await program.ended()).toEqual({ code: 7, signal: null });
}

describe('a formatter', () => {
  it.each([
    [
      'that throws',
      'globalThis.asynctbFormat = () => { throw new Error("on purpose"); };',
      'no dump: the formatter failed: Uncaught Error: on purpose',
    ],
    [
      'that throws in the middle',
      `globalThis.asynctbFormat = function* () {
        yield "the beginning\\n";
        throw new Error("on purpose");
      };`,
      'the dump above is incomplete: the formatter failed: Uncaught Error: on purpose',
    ],
    [
      'that cannot be compiled',
      'this is not JavaScript',
      'no dump: the formatter failed: Uncaught SyntaxError',
    ],
    [
      'that is not there',
      'delete globalThis.asynctbFormat;',
      'no dump: the formatter gave nothing',
    ],
    [
      'that gives nonsense',
      'globalThis.asynctbFormat = () => ({ next: () => 5 });',
      'no dump: the formatter gave nothing',
    ],
    [
      'that recurses without end',
      'globalThis.asynctbFormat = function f() { return f() + 1; };',
      'no dump: the formatter failed: Uncaught RangeError: Maximum call stack size exceeded',
    ],
  ])('%s is reported in a line', async (_what, formatter, line) => {
    const program = await startWith(formatter);
    for (let i = 1; i <= 2; i++) {
      program.kill();
      await program.until(
        () => program.stderr.split(`asynctb: ${line}`).length > i,
        `${line}, ${i} times`,
      );
    }
    await goesOnAndExits(program);
  });

  it('that takes all memory is given up, and takes nobody with it', async () => {
    const program = await startWith(
      'globalThis.asynctbFormat = () => { for (const all = [];;) all.push(Array.from({ length: 1000 }, () => ({}))); };',
      ['--max-old-space-size=64'],
    );
    program.kill();
    await program.reports('asynctb: no dump: it took too much memory');
    await goesOnAndExits(program);
  });

  it.each([
    ['the process from ending', 'exit', 7],
    ['a loop from running dry', 'end', 0],
  ])(
    'that never ends does not keep %s, and what it gave is written',
    async (_what, message, code) => {
      const program = await startWith(
        'globalThis.asynctbFormat = function* () { yield "begun\\n"; for (;;); };',
      );
      program.kill();
      await program.answers();
      program.send(message);
      expect(await program.ended()).toEqual({ code, signal: null });
      expect(program.stderr).toContain(
        'begun\nasynctb: the dump above is incomplete: the process is exiting\n',
      );
    },
  );
});

describe('a process', () => {
  it('that may open no file any more is dumped all the same', async () => {
    linkAddon();
    const program = await start();
    // Lower than what is set aside, which cannot be used then.
    const limit = `resource.prlimit(${program.pid}, resource.RLIMIT_NOFILE, (3, 3))`;
    execFileSync('python3', ['-c', `import resource; ${limit}`]);
    expect(await program.dump()).toContain('3 tasks wait here');
    await goesOnAndExits(program);
  });
});

describe('the addon', () => {
  it('that is missing is reported once, with what to do, and the program runs on', async () => {
    const program = await start();
    await program.answers();
    program.kill();
    await program.reports('asynctb: no dump: no native binary');
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    expect(program.stderr.match(/AsynctbWarning/gu)).toHaveLength(1);
    expect(program.stderr).toContain('AsynctbWarning: no dumps: ');
    expect(program.stderr).toContain('scripts/build-native.mjs');
  });

  it('is found where no package.json says whose it is', async () => {
    linkAddon();
    rmSync(join(root, 'package.json'));
    const program = await start();
    expect(await program.dump()).toContain('3 tasks wait here');
    await goesOnAndExits(program);
  });

  it('that is missing has one reason, whoever asks for it', async () => {
    const entries = ['register.js', 'index.js'];
    const program = programs.start('exit/capabilities.cjs', {
      nodeArgs: [],
      args: entries.map((name) => join(root, 'dist', name)),
    });
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    const [reason = ''] = program.stdout.split('\n');
    expect(reason).toContain('no native binary of asynctb loads');
    expect(program.stderr).toContain(`AsynctbWarning: no dumps: ${reason}`);
  });

  it('beside a formatter that is missing is reported as well', async () => {
    linkAddon();
    rmSync(join(root, 'dist', 'isolate-formatter.js'));
    const program = await start();
    await goesOnAndExits(program);
    expect(program.stderr).toContain('AsynctbWarning: no dumps: ENOENT');
  });

  it('that may read nothing says so in the dump', async () => {
    linkAddon();
    const program = programs.start('signal/parked.cjs', {
      env: { ASYNCTB_DISABLE: 'native' },
    });
    await program.says('ready');
    expect(await program.dump()).toContain('switched off by ASYNCTB_DISABLE');
    await goesOnAndExits(program);
  });
});
