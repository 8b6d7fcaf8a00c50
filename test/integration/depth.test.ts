// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { beforeAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

const DEPTH = 10_000;

interface Result {
  frames: number;
  leaves: string;
  error: string | null;
  cut: string | null;
}

describe(`depth ${DEPTH}`, () => {
  let results: Record<string, Result> & { callGraph: number };

  beforeAll(async () => {
    // Starting a yield* chain takes V8 as many native frames as it is deep.
    results = await runForJson('depth.cjs', {
      flags: ['--stack-size=7000'],
      args: [String(DEPTH)],
    });
  });

  it.each([
    ['await', DEPTH, '1'],
    ['then', DEPTH, '1'],
    ['adopt', 0, '1'],
    ['resolve', 0, '1'],
    ['all', DEPTH, '0'],
    ['race', 0, '1'],
    ['yield*', DEPTH + 1, 'none'],
    ['async yield*', DEPTH + 1, '1'],
  ])('P1 P2 %s: %d frames, %s leaves', (name, frames, leaves) => {
    expect(results[name]).toMatchObject({ frames, leaves, error: null });
  });

  it.each(['await', 'then', 'all', 'yield*', 'async yield*'])(
    '%s: what is beyond maxFrames is said to be missing',
    (name) => {
      expect(results[name]?.cut).toBe('ERR_ASYNCTB_MAX_FRAMES');
    },
  );

  it('callGraph goes up as far', () => {
    expect(results.callGraph).toBe(DEPTH);
  });
});
