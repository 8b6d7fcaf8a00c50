// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What nothing can ever settle, in processes of their own: the marking reads the whole heap by address, and a
 * wrong size or a stale address would end the process.
 */

import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { Programs } from '../support/program';

const PROGRAMS = join(projectRoot, 'test', 'programs', 'stuck');

interface Look {
  readonly suspended: readonly string[];
  readonly stuck: readonly string[];
  readonly error: string | null;
}

const isLive = (name: string): boolean => name.startsWith('live_');
const isDead = (name: string): boolean => name.startsWith('dead_');

const programs = new Programs();
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'asynctb-stuck-'));
  spawnSync('mkfifo', [join(directory, 'fifo')]);
});
afterEach(async () => {
  await programs.end();
  rmSync(directory, { recursive: true, force: true });
});

/** Its answers, one a line. The program ends itself by a signal. */
async function run(
  program: string,
  { flags = [], args = [] }: { flags?: string[]; args?: string[] } = {},
): Promise<Look[]> {
  const child = spawn(
    process.execPath,
    [...flags, join(PROGRAMS, program), directory, ...args],
    {
      // Several of the waits block a thread each.
      env: { ...process.env, NODE_OPTIONS: '', UV_THREADPOOL_SIZE: '16' },
      // Its own input stays open, and nothing comes.
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const signal = await new Promise((resolve) => {
    child.on('close', (_code, name) => resolve(name));
  });
  expect(`${String(signal)} ${errors}`).toMatch(/^SIGKILL/u);
  const lines = output.split('\n').filter((line) => line !== '');
  // Some waits are over by themselves, if the machine is slow.
  const isLook = (line: string): boolean => line.startsWith('{');
  const isOver = (line: string): boolean =>
    /^live_\w+ has (?:ended|failed)/u.test(line);
  expect(lines.filter((line) => !isLook(line) && !isOver(line))).toEqual([]);
  return lines.filter(isLook).map((line) => JSON.parse(line) as Look);
}

const names = createRequire(import.meta.url)(
  join(PROGRAMS, 'dead-waits.cjs'),
) as Record<'held' | 'dropped', Record<string, unknown>>;
const held = Object.keys(names.held).sort();
const dead = [...held, ...Object.keys(names.dropped)].sort();

describe('what nothing can ever settle', () => {
  it('is found, and of what something still ends nothing is accused', async () => {
    const [look] = await run('all-waits.cjs');
    expect(look?.error).toBe(null);
    expect(look?.stuck.filter(isLive)).toEqual([]);
    expect(look?.suspended.filter(isLive).length).toBeGreaterThan(90);
    expect(look?.stuck).toEqual(expect.arrayContaining(dead));
    // Functions that others wait for, too.
    expect(look?.stuck).toEqual(look?.suspended.filter(isDead));
  });

  it.each([
    ['--stress-incremental-marking'],
    ['--stress-compaction'],
    ['--stress-scavenge=50'],
    ['--always-sparkplug'],
    ['--single-threaded-gc'],
  ])('accuses nothing that is alive with %s', async (flag) => {
    const looks = await run('all-waits.cjs', { flags: [flag], args: ['3'] });
    expect(looks).toHaveLength(3);
    for (const { stuck, error } of looks) {
      expect(error).toBe(null);
      expect(stuck.filter(isLive)).toEqual([]);
      // What is not held may have been collected by now.
      expect(stuck).toEqual(expect.arrayContaining(held));
    }
  });
});

interface Named {
  readonly verdict: string;
  readonly names: readonly string[];
}

describe('what libraries wait for', () => {
  it('is not taken for stuck', async () => {
    const { stdout, stderr } = await new Promise<{
      stdout: string;
      stderr: string;
    }>((resolve) => {
      execFile(
        process.execPath,
        [join(PROGRAMS, 'libraries.cjs')],
        { env: { ...process.env, NODE_OPTIONS: '' } },
        (_error, stdout, stderr) => resolve({ stdout, stderr }),
      );
    });
    const groups = stdout.startsWith('[')
      ? (JSON.parse(stdout) as Named[])
      : [];
    const live = groups.flatMap(({ names }) => names).filter(isLive);
    expect(new Set(live).size, stderr).toBeGreaterThan(17);
    expect(groups.filter(({ verdict }) => verdict === 'stuck')).toEqual([]);
  });
});

const STUCK_WAITS =
  /^(?:the one task|1 of \d+ tasks) waits in waits, .*, and nothing can settle that$[^]*^1 task is stuck here/mu;

describe('ASYNCTB_STUCK', () => {
  it.each([
    ['a worker that waits', []],
    ['a worker that allocates all the time', ['spin']],
  ])('tells what is stuck in a dump by signal, with %s', async (_, args) => {
    const program = programs.start('stuck/signal.cjs', {
      env: { ASYNCTB_STUCK: '1' },
      args,
    });
    await program.says('ready');
    const dump = await program.dumpThatMatches(
      /are stuck here[^]*are stuck here/u,
    );
    expect(dump).toMatch(
      /^stuck: 4 tasks; nothing can ever settle what they wait for$/mu,
    );
    expect(dump.match(/^2 tasks are stuck here/gmu)).toHaveLength(2);
    expect(dump.match(/^1 task waits here/gmu)).toHaveLength(2);
    const [group = ''] = /^2 tasks are stuck[^]*?\n\n/mu.exec(dump) ?? [];
    expect(group).toContain('(nothing can ever settle this)');
    // It is told again, although the first dump remembers the tasks.
    expect(await program.dump()).toMatch(/^stuck: 4 tasks/mu);
  });

  it('tells it in a dump by the watchdog, too', async () => {
    const program = programs.start('stuck/blocks.cjs', {
      env: { ASYNCTB_STUCK: '1', ASYNCTB_WATCHDOG: '100' },
    });
    await program.reports('=== end of asynctb dump');
    expect(program.dumps[0]).toContain(', by the watchdog, ');
    expect(program.dumps[0]).toMatch(STUCK_WAITS);
  });

  it('tells it in the dump of a program that ends without having been settled', async () => {
    const program = programs.start('stuck/unsettled.mjs', {
      env: { ASYNCTB_STUCK: '1' },
    });
    expect(await program.ended()).toEqual({ code: 13, signal: null });
    expect(program.dumps[0]).toContain(', at exit, ');
    expect(program.dumps[0]).toMatch(STUCK_WAITS);
  });

  it('is off when nobody asks for it', async () => {
    const program = programs.start('stuck/signal.cjs');
    await program.says('ready');
    expect(await program.dumpThatMatches(/3 tasks wait here/u)).not.toContain(
      'stuck here',
    );
  });
});
