// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Workers that start, exit, are terminated and run out of memory around a capture: in a process of
 * its own, since what this looks for is a use after free. `npm run stress` is the long form.
 */

import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { builtPath } from '../../lib/engine/find-binary';
import { projectRoot } from '../../scripts/lib/suite';
import { runForJson } from '../support/child';
import { Programs } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

describe('threads that come and go', () => {
  it('harm nobody, and nobody waits for them in vain', async () => {
    const result = await runForJson<{
      captures: number;
      statuses: Record<string, number>;
      stayed: string[];
    }>('../threads/churn.cjs', { args: ['60'] });
    expect(result.captures).toBe(60);
    // The asking thread each time; whether another had come up in time is a matter of load.
    expect(result.statuses.ok).toBeGreaterThanOrEqual(60);
    expect(result.stayed).toEqual(['ok']);
    const known = ['ok', 'exited', 'timed-out', 'not-registered'];
    expect(known).toEqual(expect.arrayContaining(Object.keys(result.statuses)));
  }, 60_000);
});

describe('a main thread that ends while others capture', () => {
  it.each([
    ['exit', 7],
    ['exit with a question open', 7],
    ['throw', 1],
    ['abandon', 0],
    ['terminate', 0],
  ])(
    'by %s ends as it does without',
    async (end, code) => {
      for (let i = 0; i < 4; i++) {
        const program = programs.start('threads/main-exits.cjs', {
          nodeArgs: [],
          args: [end],
        });
        expect(await program.ended()).toEqual({ code, signal: null });
      }
    },
    60_000,
  );
});

describe('a worker that is terminated while it loads the addon', () => {
  it.each(['abi', 'capabilities', 'dumpAtExit'])(
    'at %s ends, and nothing else does',
    async (place) => {
      const program = programs.start('threads/ended-while-loading.cjs', {
        nodeArgs: [],
        args: [join(projectRoot, builtPath(process.versions.modules)), place],
      });
      expect(await program.ended()).toEqual({ code: 0, signal: null });
      expect(program.stdout).toBe('worker ended with 1\n');
    },
  );
});
