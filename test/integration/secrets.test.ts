// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Secrets that a program holds are in nobody's output, whoever asks and however it is written. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';

const PROGRAM = fileURLToPath(
  new URL('../programs/secrets/planted.cjs', import.meta.url),
);

const ARGUMENTS = [
  '--password',
  'pl4nted',
  '--api-key=pl4nted',
  'DB_PASS=pl4nted',
  '--db-url',
  'postgres://bob:pl4nted@host/db',
  'redis://:pl4nted@cache:6379',
  '--header',
  'Authorization: Bearer pl4nted',
  '--user',
  'bob:pl4nted',
  'q7pl4ntedXz2WmK4tNc8YbJ',
  '{"token":"pl4nted"}',
];

describe('secrets that a program holds', () => {
  it('are in nothing that the library gives', async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [PROGRAM, 'api', ...ARGUMENTS],
      {
        cwd: projectRoot,
        env: { ...process.env, NODE_OPTIONS: '' },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    expect(stdout).not.toMatch(/.{0,100}pl4nted.{0,20}/s);
    // The warning about a hook that threw is one as well.
    expect(stderr).not.toMatch(/.{0,100}pl4nted.{0,20}/s);
    // Half a secret is one too.
    expect(stdout).not.toMatch(/hunter2|MIIEow|eyJhbG|q7pl/);
    expect(stdout.match(/<redacted>/g)?.length).toBeGreaterThan(300);
    for (const said of [
      'url = "postgres://<redacted>@db.internal/app"',
      'cookies = <redacted>',
      'json = "{\\"user\\":\\"bob\\",\\"nested\\":{\\"secret\\":\\"<redacted>\\"}}"',
      '(event "token=<redacted>" of EventEmitter)',
      'the lock of redis://<redacted>@cache, token=<redacted>',
      'Error: cannot reach https://<redacted>@host, <redacted>',
      '"main token=<redacted>"',
      '--password <redacted> --api-key=<redacted> DB_PASS=<redacted> --db-url <redacted>',
      'redis://<redacted>@cache:6379',
    ]) {
      expect(stdout).toContain(said);
    }
    expect(stdout).toContain('planted.cjs api --password');
  });
});
