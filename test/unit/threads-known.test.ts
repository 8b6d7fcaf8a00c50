// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { absentThread, withKnown } from '../../lib/threads/threads';

const answered = (id: number) => absentThread(id, `worker ${id}`, 'ok', []);
const unknown = (id: number) =>
  absentThread(id, `worker ${id}`, 'not-registered', []);
const statuses = (...args: Parameters<typeof withKnown>) =>
  withKnown(...args).map(({ threadId, status }) => [threadId, status]);

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
