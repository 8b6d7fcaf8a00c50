// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What a dump says of the tasks of a group. */

import { describe, expect, it } from 'vitest';
import {
  contextKeys,
  keyLines,
  splitKeys,
} from '../../lib/engine/context-keys';
import { dumpFromRaw } from '../../lib/model/dump-from-raw';
import { redactUrlPath } from '../../lib/redact/redact';
import { META, RAW_PROCESS, RawThreadBuilder } from './model-fixtures';

type Told = [
  fields: Parameters<RawThreadBuilder['task']>[0],
  context?: Record<string, string>,
];

function dumpOf(count: number, ...tasks: Told[]): string {
  const builder = new RawThreadBuilder();
  builder.group(
    count,
    builder.frame(builder.site({ name: 'load' }), builder.leaf()),
  );
  for (const task of tasks) builder.task(...task);
  return dumpFromRaw([builder.build()], RAW_PROCESS, META).toString();
}

const headOf = (count: number, ...seen: number[]): string =>
  /^.* waits? here.*$/mu.exec(
    dumpOf(count, ...seen.map((seenMs): Told => [{ seenMs }])),
  )?.[0] ?? '';

describe('the head of a group', () => {
  it('says nothing of what nobody has seen for long', () => {
    expect(headOf(1, 0)).toBe('1 task waits here:');
    expect(headOf(3, 0, 999, 0)).toBe('3 tasks wait here:');
  });

  it('says how long all of its tasks have been there', () => {
    expect(headOf(1, 30_400)).toBe('1 task waits here for 30 s at least:');
    expect(headOf(2, 30_400, 30_900)).toBe(
      '2 tasks wait here for 30 s at least:',
    );
  });

  it('or the first of them, where the others are newer or not known', () => {
    expect(headOf(2, 30_400, 100)).toBe(
      '2 tasks wait here, the first here for 30 s at least:',
    );
    expect(headOf(38, 40_000, 40_000, 40_000)).toBe(
      '38 tasks wait here, the first here for 40 s at least:',
    );
  });
});

describe('whose tasks are', () => {
  const linesOf = (count: number, ...tasks: Told[]): string[] =>
    dumpOf(count, ...tasks).match(/^ {4}.*$/gmu) ?? [];

  it('is a line for each of which it is known', () => {
    const request = { method: 'GET', url: '/checkout/81' };
    expect(
      linesOf(
        38,
        [
          { ...request, ageMs: 40_200 },
          { user: '42', trace: '7f3a' },
        ],
        [request],
        [{}],
      ),
    ).toEqual([
      '    GET /checkout/81 (40 s), user=42, trace=7f3a',
      '    GET /checkout/81',
      '    … 36 more',
    ]);
  });

  it('is nothing where nothing is known', () => {
    expect(linesOf(38, [{}], [{}])).toEqual([]);
  });

  it('has one line a task, whatever a value is, and a part of it', () => {
    const lines = linesOf(1, [{}, { note: `a\nb\u001b[1m${'x '.repeat(99)}` }]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^ {4}note=a\\nb\\x1b\[1mx .*…$/u);
    expect(lines[0]?.length).toBeLessThan(160);
  });

  it('is without secrets', () => {
    const key = 'q7XkZtXz2WmK4tNc8YbJ';
    expect(
      linesOf(1, [
        { method: 'GET', url: `/reset/${key}/x;password=abc` },
        { password: 'abc', 'user.token': 'abc', id: key, note: key },
      ]),
    ).toEqual([
      `    GET /reset/<redacted>/x;password=<redacted>, id=${key}, note=<redacted>`,
    ]);
  });
});

describe('keys of contexts', () => {
  it('are trimmed, and those of secrets dropped', () => {
    expect(
      keyLines(splitKeys('requestId, user.id,password,user.token,*')),
    ).toBe('requestId\nuser.id\n*');
    expect(keyLines(['a\nb'])).toBe('');
  });

  it.each([['requestId'], [[1]], [['']], [null]])('are not %j', (value) => {
    expect(() => contextKeys('keys', value)).toThrow(
      "keys must be an array of keys, or ['*']",
    );
  });
});

describe('redactUrlPath', () => {
  it.each([
    ['/checkout/81', '/checkout/81'],
    ['/users/18b5f2c4-5e0a-4b0e-9d5e-0f3a1c2b3d4e', null],
    ['/reset/q7pl4ntedXz2WmK4tNc8YbJ', '/reset/<redacted>'],
    ['http://bob:hunter2@shop.test/x', 'http://<redacted>@shop.test/x'],
  ])('%s', (path, expected) => {
    expect(redactUrlPath(path)).toBe(expected ?? path);
  });
});
