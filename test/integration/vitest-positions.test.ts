// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Vitest rewrites the modules that it runs, and wraps them: places are those that `Error.stack` shows. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';

const scratch = mkdtempSync(join(tmpdir(), 'asynctb-vitest-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const root = join(projectRoot, 'test', 'programs', 'vitest');

interface Places {
  stacks: string[];
  extracted: string[];
  dumped: string[];
  texts: string[];
  running: number;
}

it.each(['forks', 'threads', 'vmForks', 'vmThreads'])(
  'in modules that Vitest has transformed, with the pool %s',
  async (pool) => {
    const file = join(scratch, `${pool}.json`);
    const env: NodeJS.ProcessEnv = { ...process.env, PLACES: file };
    delete env.NODE_OPTIONS;
    for (const name of Object.keys(env)) {
      if (name.startsWith('VITEST')) delete env[name];
    }
    await promisify(execFile)(
      process.execPath,
      [
        join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        `--root=${root}`,
        `--pool=${pool}`,
        'positions.spec.ts',
      ],
      { cwd: root, env },
    );
    const places = JSON.parse(readFileSync(file, 'utf8')) as Places;
    expect(places.stacks).toHaveLength(4);
    expect(places.stacks).not.toContain('none');
    expect(places.extracted).toEqual(places.stacks);
    expect(places.dumped).toEqual(expect.arrayContaining(places.stacks));
    expect(places.running).toBeLessThanOrEqual(1);
    for (const text of places.texts)
      expect(text).toContain('await (stacks.push');
  },
  60_000,
);
