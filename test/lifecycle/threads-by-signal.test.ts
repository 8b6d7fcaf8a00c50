// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What is read of a thread that is blocked in native code, by a signal to it. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilities } from 'asynctb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Program, Programs } from '../support/program';
import { compileSleeper } from '../support/sleeper';

interface Answer {
  ms: number;
  codes: string[];
  text: string;
  frames: {
    kind: string;
    functionName: string;
    scriptName: string;
    lineNumber: number | null;
  }[];
}

const scratch = mkdtempSync(join(tmpdir(), 'asynctb-by-signal-'));
const fifos = ['first', 'second'].map((name) => join(scratch, name));
execFileSync('mkfifo', fifos);
afterAll(() => rmSync(scratch, { recursive: true }));

const programs = new Programs();
afterEach(async () => {
  await programs.end();
});

async function blockedBy(name: string): Promise<Answer> {
  const program = programs.start('threads/read-by-signal.cjs', {
    nodeArgs: [],
    args: [name, fifos[0] ?? ''],
  });
  expect(await program.ended()).toEqual({ code: 0, signal: null });
  return JSON.parse(program.stdout) as Answer;
}

function limitFiles(program: Program, limit: string): void {
  const lines = [
    'from resource import *',
    `_, most = prlimit(${program.pid}, RLIMIT_NOFILE)`,
    `prlimit(${program.pid}, RLIMIT_NOFILE, (${limit}, most))`,
  ];
  execFileSync('python3', ['-c', lines.join('\n')]);
}

describe.runIf(capabilities().nativeStacks.available)(
  'a thread that is blocked by what JavaScript has called',
  () => {
    it('is in scripts whose names were put together', async () => {
      const { frames } = await blockedBy('pieces');
      const found = frames.find(
        ({ functionName }) => functionName === 'inPieces',
      );
      expect(found?.scriptName).toMatch(
        /^\/srv\/application\/tenants\/modules\/of-\d+-handler\.js$/u,
      );
    });

    it('has the names that its functions were given', async () => {
      const { frames } = await blockedBy('named');
      expect(frames.slice(-5).map(({ functionName }) => functionName)).toEqual([
        'withTransaction',
        'withRetry',
        'withTimeout',
        'computed key',
        'blocks',
      ]);
    });

    it('has WebAssembly on its stack, too', async () => {
      const { frames, codes, text } = await blockedBy('wasm');
      const kinds = frames.map(({ kind }) => kind);
      expect(kinds.slice(-2)).toEqual(['wasm', 'function']);
      expect(frames.at(-1)?.functionName).toBe('blocks');
      expect(codes).toEqual(['ERR_ASYNCTB_BLOCKED']);
      expect(text).toMatch(/wasm/u);
    });

    it('stands still for milliseconds, however far down the lines are', async () => {
      const { frames, codes } = await blockedBy('far');
      const lines = frames
        .filter(({ scriptName }) => scriptName === 'far.js')
        .map(({ lineNumber }) => lineNumber);
      expect(lines).toHaveLength(40);
      // The innermost are found, and it is said that not all are.
      expect(lines.at(-1)).toBe(1);
      expect(lines.at(-2)).toBe(30_002);
      expect(lines[0]).toBeNull();
      expect(codes).toEqual(['ERR_ASYNCTB_BLOCKED', 'ERR_ASYNCTB_BAD_CAPTURE']);
    });

    it('has no frame without its name, and says that there are more', async () => {
      const { frames, codes } = await blockedBy('long');
      expect(codes).toEqual(['ERR_ASYNCTB_BLOCKED', 'ERR_ASYNCTB_MAX_FRAMES']);
      expect(frames.length).toBeGreaterThan(20);
      const long = frames.slice(0, -1);
      expect(
        new Set(long.map(({ functionName }) => functionName.length)),
      ).toEqual(new Set([500]));
    });

    it('is read again for who asks after the signal', async () => {
      const sleeper = join(scratch, 'sleeper.node');
      compileSleeper(sleeper);
      const program = programs.start('threads/late-asker.cjs', {
        nodeArgs: [],
        args: [sleeper, ...fifos],
      });
      expect(await program.ended()).toEqual({ code: 0, signal: null });
      expect(new Set(program.stdout.trim().split('\n'))).toEqual(
        new Set(['open(second); // second call']),
      );
    });

    it('can be read although that could not be prepared when it was first registered', async () => {
      const program = programs.start('threads/late-probe.cjs', {
        nodeArgs: [],
        args: fifos,
      });
      await program.says('ready');
      // To prepare it takes a file descriptor.
      limitFiles(program, '3');
      await program.answers('register');
      limitFiles(program, 'most');
      await program.answers('register');
      program.send('block');
      await program.until(
        () => /blocked-in-native\n/u.test(program.stdout),
        'what the worker says',
      );
      expect(program.stdout).toBe('ready\nok blocked-in-native\n');
    });

    it('leaves its handler behind, and no other, when all that have loaded the addon are gone', async () => {
      const program = programs.start('threads/workers-only.cjs', {
        nodeArgs: [],
      });
      expect(await program.ended()).toEqual({ code: 0, signal: null });
      const [first, ...others] = program.stdout.trim().split('\n');
      expect(first).toMatch(/^true /u);
      expect(others).toEqual([first, first]);
    });
  },
);
