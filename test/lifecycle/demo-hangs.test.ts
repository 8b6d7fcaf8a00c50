// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The hangs that `docs/on-call.md` walks through. */

import { capabilities } from 'asynctb';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

const ROOT = join(__dirname, '..', '..');
/** From the folder of the tests' programs. */
const HANGS = '../../scripts/demo/hangs';
const DOCUMENT = readFileSync(join(ROOT, 'docs', 'on-call.md'), 'utf8');

const programs = new Programs();
afterEach(() => programs.end());

/** What the document shows of a program: its lines, without what differs from run to run. */
function shown(text: string): string[] {
  return (
    text
      .replaceAll(`${ROOT}/`, '…/')
      .replace(/^walked .*$/gmu, 'walked')
      .replace(/^since the last dump, .*\n/gmu, '')
      .replace(/due in [^)]*/gu, 'due')
      // It was asked more than once.
      .replace(
        / \(the longest for [^;)]* at least\)|; the longest for [^;)]* at least|the longest for [^;)]* at least; |, the first here for [^:]* at least| for [^:()]* at least(?=:)/gu,
        '',
      )
      // Not every release keeps a request's path where it can be read.
      .replaceAll(
        'event "response" of ClientRequest (localhost)',
        'GET /price at localhost',
      )
      .split('\n')
      .map((line) => line.trimEnd())
  );
}

describe.runIf(capabilities().holders.available)('a hang', () => {
  it.each([
    ['pool-leak', 40],
    ['crossed-locks', 2],
    ['unread-body', 1],
    ['lost-event', 1],
  ])(
    '%s is shown as the document shows it',
    async (name, tasks) => {
      const program = programs.start(`${HANGS}/${name}.mjs`, {
        nodeArgs: ['-r', REGISTER],
      });
      await program.says('up');
      // It hangs when its tasks are there, and none of them waits for a short time only.
      let dump = '';
      const isThere = (text: string): boolean =>
        text.includes(`total: ${tasks} suspended`) &&
        (name !== 'crossed-locks' || text.includes('deadlock')) &&
        !/a timer of 10 ms|running now/u.test(text);
      while (!isThere(dump)) dump = await program.dump();
      const lines = shown(dump);
      const begin = lines.findIndex((line) => line.startsWith('total:'));
      const end = lines.findIndex((line) => line.startsWith('=== end'));
      const wanted = shown(DOCUMENT).join('\n');
      expect(wanted).toContain(lines.slice(begin, end).join('\n').trimEnd());
    },
    60_000,
  );
});
