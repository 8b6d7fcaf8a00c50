// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What nothing can ever settle, in processes of their own: the marking reads the whole heap by address, and a
 * wrong size or a stale address would end the process.
 */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';

const PROGRAMS = join(projectRoot, 'test', 'programs', 'stuck');

interface Look {
  readonly suspended: readonly string[];
  readonly stuck: readonly string[];
  readonly error: string | null;
}

const isLive = (name: string): boolean => name.startsWith('live_');
const isDead = (name: string): boolean => name.startsWith('dead_');

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'asynctb-stuck-'));
  spawnSync('mkfifo', [join(directory, 'fifo')]);
});
afterEach(() => {
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
  expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  return lines.map((line) => JSON.parse(line) as Look);
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
    const looks = await run('all-waits.cjs', { flags: [flag], args: ['5'] });
    expect(looks).toHaveLength(5);
    for (const { stuck, error } of looks) {
      expect(error).toBe(null);
      expect(stuck.filter(isLive)).toEqual([]);
      // What is not held may have been collected by now.
      expect(stuck).toEqual(expect.arrayContaining(held));
    }
  });
});
