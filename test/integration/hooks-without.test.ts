// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Result {
  available: boolean;
  hidden: string[];
  elaborated: string[];
  untouched: string[];
  box: string[];
  bound: string[];
}

const natively = {
  hidden: ['hidden hide'],
  elaborated: ['elaborated hideLine'],
  untouched: ['untouched'],
  box: ['untouched'],
  bound: ['untouched'],
};

const run = (which: string, disabled: string): Promise<Result> =>
  runForJson<Result>('hooks-without.cjs', {
    args: [which],
    env: { ASYNCTB_DISABLE: disabled },
  });

describe('hooks where nothing native can be read', () => {
  it('P45 with it: a function is known by its source', async () => {
    expect(await run('', '')).toEqual({ available: true, ...natively });
  });

  it('P45 switched off: by itself', async () => {
    expect(await run('', 'native')).toEqual({ available: false, ...natively });
  });

  it('P45 without an addon: but what a bound function is, cannot be told', async () => {
    expect(await run('another-abi', '')).toEqual({
      available: false,
      ...natively,
      // It is taken for a hook that returns a generator, to be looked into.
      bound: ['hook'],
    });
  });
});

describe('a Node without the inspector', () => {
  const look = (disabled: string) =>
    runForJson<{
      inspector: { available: boolean; reason: string };
      frames: number;
      message: string;
    }>('no-inspector.cjs', { env: { ASYNCTB_DISABLE: disabled } });

  it('loses nothing as long as the addon reads', async () => {
    const { inspector, frames } = await look('');
    expect(inspector).toEqual({
      available: false,
      reason: 'this Node was built without it',
    });
    expect(frames).toBe(1);
  });

  it('gives both reasons when it does not', async () => {
    const { frames, message } = await look('native');
    expect(frames).toBe(0);
    expect(message).toContain('switched off by ASYNCTB_DISABLE');
    expect(message).toContain('this Node was built without it');
  });
});
