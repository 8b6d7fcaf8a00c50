// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { capabilities } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Result {
  compiled: string[];
  using: string[] | null;
  local: string[];
  reason?: string;
}

const has = capabilities().resources.available;
const OFF = 'switched off by ASYNCTB_DISABLE';

function without(disabled: string): Promise<Result> {
  return runForJson<Result>('../resources/without.cjs', {
    args: has ? ['using'] : [],
    env: { ASYNCTB_DISABLE: disabled },
  });
}

describe('resources with something switched off', () => {
  it('P28 without native reading: compiled ones, by shape', async () => {
    const { compiled, reason } = await without('native');
    expect(compiled).toEqual(['using a -> a', 'await using b -> b']);
    expect(reason).toContain(OFF);
  });

  it('P28 variables of a registered class: without a line, or not at all', async () => {
    const { local } = await without('positions');
    expect(local).toEqual(['using lock -> lock']);
    expect((await without('native')).local).toEqual(local);
    expect((await without('scopes')).local).toEqual([]);
  });

  it('P28 without scopes nothing compiled is seen, and nothing breaks', async () => {
    const { compiled } = await without('scopes');
    expect(compiled).toEqual([]);
  });

  it('P28 without positions: no lines', async () => {
    const { using } = await without('positions');
    expect(using).toEqual(has ? ['using a -> a', 'using b -> b'] : null);
  });

  it.runIf(has)(
    'P28 without the capability: what the text declares and the variables hold',
    async () => {
      const { using, compiled, reason } = await without('resources');
      expect(using).toEqual(['using a -> a (line)', 'using b -> b (line)']);
      expect(compiled).toHaveLength(2);
      expect(reason).toBe(OFF);
    },
  );

  it.runIf(has)('P28 without the variables either: nothing', async () => {
    const { using } = await without('resources,scopes');
    expect(using).toEqual([]);
  });

  it.runIf(has)('P28 V8 gives the values even without scopes', async () => {
    const { using } = await without('scopes,positions');
    expect(using).toEqual(['using null -> a', 'using null -> b']);
  });
});
