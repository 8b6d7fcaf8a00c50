// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { beforeAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Result {
  held: Record<string, string[]>;
  before: Record<string, number>;
}

describe.each([[''], ['heapWalk'], ['native']])(
  'nothing is kept alive, with ASYNCTB_DISABLE=%s',
  (disabled) => {
    let result: Result;

    beforeAll(async () => {
      result = await runForJson<Result>('lifetime.cjs', {
        flags: ['--expose-gc'],
        env: { ASYNCTB_DISABLE: disabled },
      });
    });

    it.each([
      'nothing',
      'extract',
      'extract of a generator',
      'extract of an async generator',
      'extractMany',
      'format and JSON',
      'callGraph',
      'promiseReactions',
      'a frame',
      'a dump',
      'a dump and its stacks',
    ])('by %s', (look) => {
      expect(result.before[look]).toBe(7);
      expect(result.held[look]).toEqual([]);
    });
  },
);

describe('memory', () => {
  it('does not grow with the number of extractions and dumps', async () => {
    const { grown } = await runForJson<{ grown: number }>('leak.cjs', {
      flags: ['--expose-gc'],
      timeoutMs: 120_000,
    });
    expect(grown).toBeLessThan(500_000);
    // Hundreds of walks: seconds, and with an addon that counts its lines a minute.
  }, 120_000);
});
