// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What a dump says of the command line, and that no secret is in it, whoever has it made. */

import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

const SECRETS = [
  '--password',
  'pl4nted',
  '--api-key=pl4nted',
  'DB_PASS=pl4nted',
  'postgres://bob:pl4nted@host/db',
  'q7pl4ntedXz2WmK4tNc8YbJ',
  '--port=80',
];
const END = /^=== end of asynctb dump/mu;

function start(
  way: string,
  env: Record<string, string> = {},
): ReturnType<Programs['start']> {
  return programs.start('secrets/planted.cjs', {
    nodeArgs: ['-r', REGISTER],
    args: [way, ...SECRETS],
    env,
  });
}

async function commandOf(way: string): Promise<string> {
  const program = start(way);
  await program.says('ready');
  const dump = await program.dumpThatMatches(END);
  expect(dump).not.toMatch(/pl4nted|hunter2/);
  return /^command: (.*)$/mu.exec(dump)?.[1]?.replace(/\S*[/\\]/gu, '') ?? '';
}

describe('the command line in a dump by signal', () => {
  it('has no secrets', async () => {
    expect(await commandOf('signal')).toBe(
      'node planted.cjs signal --password <redacted> --api-key=<redacted> DB_PASS=<redacted> db <redacted> --port=80',
    );
  });

  it.each([
    ['taken out of process.argv', 'scrub', 'scrub scrubbed-argument'],
    ['gone with process.argv', 'replace', 'node replaced-argument'],
    ['overwritten by process.title', 'title', 'renamed-process planted.cjs'],
  ])('does not come back once it was %s', async (_what, way, expected) => {
    expect(await commandOf(way)).toMatch(new RegExp(`${expected}$`, 'u'));
  });

  it('is the one of the start where reading it would run code', async () => {
    const program = start('hostile');
    await program.says('ready');
    const dump = await program.dumpThatMatches(END);
    expect(dump).toContain('hostile --password <redacted> --api-key');
    program.kill('SIGTERM');
    await program.says('noted: 0');
  });
});

describe('secrets that a program holds', () => {
  it('are not in a dump as JSON', async () => {
    const program = start('signal', { ASYNCTB_FORMAT: 'json' });
    await program.says('ready');
    program.kill();
    await program.reports(/^\{"schemaVersion".*\}$/mu);
    expect(program.stderr).toContain('"--password","<redacted>"');
    expect(program.stderr).not.toMatch(/pl4nted|hunter2/);
  });

  it.each(['text', 'json'])(
    'are not in a dump at exit, as %s',
    async (format) => {
      const program = programs.start('secrets/unsettled.mjs', {
        nodeArgs: ['-r', REGISTER],
        args: ['exit', ...SECRETS],
        env: { ASYNCTB_FORMAT: format },
      });
      expect(await program.ended()).toEqual({ code: 13, signal: null });
      if (format === 'text') {
        expect(program.dumps[0]).toContain(', at exit, ');
        expect(program.dumps[0]).toMatch(
          /^command: .* exit --password <redacted> --api-key=<redacted> DB_PASS=<redacted> \S+ <redacted> --port=80$/mu,
        );
        expect(program.dumps[0]).toMatch(
          /^╠ login at .*unsettled\.mjs:11:3$/mu,
        );
      } else {
        // Newer Nodes say themselves that the await is unsettled.
        const [json = ''] =
          /^\{"schemaVersion".*\}$/mu.exec(program.stderr) ?? [];
        expect(JSON.parse(json)).toMatchObject({ reason: 'exit' });
        expect(program.stderr).toContain('"--password","<redacted>"');
      }
      // Lines of source are shown as they are, and this one has the secrets in it.
      const source = /^.*await login\('pl4nted-hunter2'.*$/gmu;
      expect(program.stderr.replace(source, '')).not.toMatch(/pl4nted|hunter2/);
    },
  );

  it('are not in a dump of the watchdog', async () => {
    const program = start('watchdog', { ASYNCTB_WATCHDOG: '300' });
    await program.reports(END);
    expect(program.stderr).toContain(', by the watchdog, ');
    expect(program.stderr).not.toMatch(/pl4nted|hunter2/);
  });
});
