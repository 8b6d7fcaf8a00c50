// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Text that is larger than what is made at once (64 MB; here less): each part is made by an isolate of its
 * own, after the one before is written.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Program, Programs } from '../support/program';

const programs = new Programs({ manyDumps: true });
let scratch = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'asynctb-parts-'));
});

afterEach(async () => {
  await programs.end();
  rmSync(scratch, { recursive: true });
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<Program> {
  const program = programs.start('signal/in-parts.cjs', { env });
  await program.says('ready');
  await program.answers();
  return program;
}

/** Without what differs from one dump to the next. */
function lasting(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, 'TIME')
    .replace(/, up [^\n]*/u, ', up')
    .replace(/^walked .*$/gmu, 'walked')
    .replace(/^since the last dump, .*\n/gmu, '')
    .replace(/ \(the longest for [^)]*\)/gu, '')
    .replace(/ for [\d.,]+ \w+ at least/gu, '')
    .replace(/"seenMs": ?[\d.]+/gu, '"seenMs":0');
}

interface Json {
  threads: { taskCount: number; groups: unknown[] }[];
}

/** It has just answered a message, and may still be on its way back. */
const IDLE = /^=== thread 0 "main": idle, /mu;

describe('a dump in many parts', () => {
  it.each([1, 777, 20_000])(
    'of %d bytes says the same as in one',
    async (bytes) => {
      const program = await start();
      const whole = await program.dumpThatMatches(IDLE);
      await program.answers(String(bytes));
      const inParts = await program.dumpThatMatches(IDLE);
      expect(whole.match(/^╠ place\d+ at /gmu)).toHaveLength(800);
      expect(whole).toContain('žluťoučký 🐎 799');
      expect(lasting(inParts).split('\n')).toEqual(lasting(whole).split('\n'));
      expect(program.stderr).not.toContain('asynctb: ');
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
    },
  );

  it('in a file and as JSON says the same as in one', async () => {
    const program = await start({
      ASYNCTB_DIR: scratch,
      ASYNCTB_FORMAT: 'json',
    });
    // How long it has been here differs.
    const parsed = (text: string): Json =>
      JSON.parse(
        text
          .replaceAll(/"seenMs":[\d.]+/gu, '"seenMs":0')
          .replaceAll(/"changes":\{[^}]*\}/gu, '"changes":null'),
      ) as Json;
    const dumpFile = async (count: number): Promise<string> => {
      program.kill();
      await program.reports(new RegExp(`written to .*-${count}\\.json\n`, 'u'));
      const name = readdirSync(scratch).find((each) =>
        each.endsWith(`-${count}.json`),
      );
      return readFileSync(join(scratch, name ?? ''), 'utf8');
    };
    const whole = await dumpFile(1);
    await program.answers('3000');
    const inParts = await dumpFile(2);
    const [before, after] = [whole, inParts].map(
      (text) => parsed(text).threads,
    );
    expect(before).toMatchObject([{ taskCount: 800 }]);
    expect(after?.[0]?.groups).toEqual(before?.[0]?.groups);
  });

  it('that nobody reads holds up the exit for a moment, and says what is missing', async () => {
    const program = programs.start('signal/in-parts.cjs', {
      args: ['6000'], // more text than a socket takes
      keepErrors: true,
    });
    await program.says('ready');
    await program.answers('50000');
    program.kill();
    await program.beginsToReport();
    program.send('exit');
    expect(await program.exited()).toEqual({ code: 7, signal: null });
    program.readErrors();
    await program.ended();
    expect(program.stderr).toMatch(
      /^asynctb: the dump above is incomplete: the process is exiting/mu,
    );
  });
});
