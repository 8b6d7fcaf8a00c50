// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { dumpFromRaw } from '../../lib/model/dump-from-raw';
import { absentThread, withKnown } from '../../lib/threads/threads';

const PROCESS = {
  ...{ pid: 1, node: '20.0.0', v8: '11.3', platform: 'linux', arch: 'x64' },
  ...{ argv: ['node'], uptimeMs: 1 },
};
const answered = (id: number) => absentThread(id, `worker ${id}`, 'ok', []);
const unknown = (id: number) =>
  absentThread(id, `worker ${id}`, 'not-registered', []);
const statuses = (...args: Parameters<typeof withKnown>) =>
  withKnown(...args).map(({ threadId, status }) => [threadId, status]);

describe('what a thread that has not answered does', () => {
  it.each(['not-registered', 'exited', 'timed-out'] as const)(
    'is not known when it is %s',
    (status) => {
      const { threads } = dumpFromRaw(
        [absentThread(3, 'worker 3', status, [])],
        PROCESS,
        { reason: 'api', time: '2026-01-01T00:00:00.000Z' },
      );
      expect(threads).toMatchObject([
        { status, activity: null, running: null },
      ]);
    },
  );
});

describe('threads that come and go while they are asked', () => {
  it('stand there once, by their answer, when they registered meanwhile', () => {
    const known = [unknown(1), unknown(3)];
    expect(
      statuses([answered(2), answered(3)], { known, wanted: null }),
    ).toEqual([
      [1, 'not-registered'],
      [2, 'ok'],
      [3, 'ok'],
    ]);
  });

  it('have exited when they are asked for by their id and are gone', () => {
    expect(
      statuses([answered(2)], { known: [unknown(4)], wanted: [4, 2, 3] }),
    ).toEqual([
      [2, 'ok'],
      [3, 'exited'],
      [4, 'not-registered'],
    ]);
  });
});
