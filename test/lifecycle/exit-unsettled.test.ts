// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER, REGISTER_URL } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

const UNSETTLED = { code: 13, signal: null };

describe('exit code 13, a top-level await that never settled', () => {
  it.each([
    ['-r', { nodeArgs: ['-r', REGISTER] }],
    ['--import', { nodeArgs: ['--import', REGISTER_URL] }],
    [
      'NODE_OPTIONS',
      { nodeArgs: [], env: { NODE_OPTIONS: `--require=${REGISTER}` } },
    ],
    ['ASYNCTB_SIGNAL=none', { env: { ASYNCTB_SIGNAL: 'none' } }],
  ])(
    'prints the stacks of what was pending, with %s',
    async (_how, options) => {
      const program = programs.start('exit/unsettled.mjs', options);
      expect(await program.ended()).toEqual(UNSETTLED);
      expect(program.dumps).toHaveLength(1);
      const [dump] = program.dumps;
      expect(dump).toContain(', at exit, ');
      expect(dump).toMatch(
        /^=== thread 0 "main": idle, 1 suspended task at /mu,
      );
      expect(dump).toMatch(
        /^1 task waits here[^\n]*:\n╠ <module> at .*unsettled\.mjs:19:1\n.*\n╠ connect at .*unsettled\.mjs:14:3\n.*\n╠ handshake at .*unsettled\.mjs:10:3\n/mu,
      );
      // Nothing of ours, or of Node's own, poses as what the program does.
      expect(dump).not.toContain('running now:');
    },
  );

  it('prints them for code without a file', async () => {
    const program = programs.start('', {
      nodeArgs: [
        '-r',
        REGISTER,
        '--input-type=module',
        '--eval',
        'process.disconnect(); await new Promise(() => {});',
      ],
    });
    expect(await program.ended()).toEqual(UNSETTLED);
    expect(program.dumps).toHaveLength(1);
    expect(program.dumps[0]).toContain('╠ <module> at ');
  });

  it('prints the import that waits for another module', async () => {
    const program = programs.start('exit/importing.mjs');
    expect(await program.ended()).toEqual(UNSETTLED);
    expect(program.dumps[0]).toMatch(
      /╠ <module> at .*importing\.mjs:\d+:\d+\n(?:.*\n)*?╠ <module> at .*unsettled\.mjs:19:1/u,
    );
  });

  it('still prints the module, when what it awaits has been collected', async () => {
    const program = programs.start('exit/collected.mjs', {
      nodeArgs: ['--expose-gc', '-r', REGISTER],
    });
    expect(await program.ended()).toEqual(UNSETTLED);
    expect(program.dumps[0]).toMatch(
      /╠ <module> at .*collected\.mjs:12:1\n.*\n╚ \(waits for a promise that was collected: nothing can settle it\)$/mu,
    );
  });

  it('goes to ASYNCTB_DIR', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'asynctb-exit-'));
    const program = programs.start('exit/unsettled.mjs', {
      env: { ASYNCTB_DIR: directory, ASYNCTB_FORMAT: 'json' },
    });
    expect(await program.ended()).toEqual(UNSETTLED);
    const [file] = readdirSync(directory);
    const path = join(directory, file ?? '');
    expect(program.stderr).toContain(`asynctb: dump written to ${path}\n`);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      reason: 'exit',
      threads: [{ taskCount: 1 }],
    });
    rmSync(directory, { recursive: true });
  });

  it('is whole when the pipe is read late', async () => {
    const program = programs.start('exit/unsettled-many.mjs', {
      keepErrors: true,
    });
    await program.beginsToReport();
    program.readErrors();
    expect(await program.ended()).toEqual(UNSETTLED);
    expect(
      program.dumps[0]?.match(/^1 task waits here[^\n]*:$/gmu),
    ).toHaveLength(4001);
  });
});

describe('other ends', () => {
  it('by process.exit(13) are the business of the program', async () => {
    const program = programs.start('exit/own-code.cjs');
    expect(await program.ended()).toEqual(UNSETTLED);
    expect(program.stderr).toBe('');
  });

  it('with promises left pending print nothing', async () => {
    const program = programs.start('exit/pending.mjs');
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    expect(program.stderr).toBe('');
  });
});
