// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { beforeAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Found {
  name: string;
  block: string;
  same: boolean;
  lineText: string;
  locals: string;
  receiver: string;
  function: boolean;
  origin: boolean;
  identity: boolean;
}

interface Result {
  result: Found[];
  /** Properties that were left on the global object. */
  left: number;
  ran?: boolean;
  works?: boolean;
  events?: string[];
}

function run(peculiarity: string, disabled: string): Promise<Result> {
  return runForJson<Result>('by-inspector.cjs', {
    args: [peculiarity],
    env: { ASYNCTB_DISABLE: disabled },
  });
}

let native: Result;

beforeAll(async () => {
  native = await run('none', '');
});

describe('generators by the inspector', () => {
  it.each(['none', 'frozen', 'attached', 'worker', 'microtask'])(
    'come out as natively; peculiarity: %s',
    async (peculiarity) => {
      const { result, left, ran, works, events } = await run(
        peculiarity,
        'native',
      );
      expect(result).toEqual(native.result);
      expect(left).toBe(0);
      expect(ran ?? false).toBe(false);
      expect(works ?? true).toBe(true);
      expect(events ?? []).toEqual([]);
    },
  );

  it('so they do when only the layout of generators is unknown', async () => {
    const { result } = await run('none', 'generators');
    expect(result).toEqual(native.result);
  });

  it('are what they are', () => {
    const blocks = Object.fromEntries(
      native.result.map(({ name, block }) => [name, block]),
    );
    expect(blocks).toMatchObject({
      notStarted: 'generator simple @simple not-started',
      notStartedAsync: 'async-generator asyncGenerator @async not-started',
      started: 'generator simple @simple-yield',
      finished: '',
      method: 'generator items @items',
      minified: 'generator minified @minified',
      'receiver 0': 'generator strict @strict',
    });
    for (const found of native.result) {
      expect(found).toMatchObject({
        same: true,
        function: true,
        origin: true,
        identity: true,
      });
    }
    expect(native.left).toBe(0);
  });
});
