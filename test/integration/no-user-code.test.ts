// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Result {
  ran: [step: string, what: string[]][];
  targets: number;
  control: number;
  tasks: number;
}

describe('no code of the program runs while extracting and formatting', () => {
  it.each(['', 'scopes', 'positions', 'native,inspector'])(
    'with ASYNCTB_DISABLE=%s',
    async (disabled) => {
      const { ran, targets, control } = await runForJson<Result>(
        'no-user-code.cjs',
        { env: { ASYNCTB_DISABLE: disabled } },
      );
      expect(ran).toEqual([]);
      expect(targets).toBeGreaterThan(100);
      expect(control).toBeGreaterThan(10);
    },
  );

  it('through the inspector, unless an error is the receiver', async () => {
    const { ran } = await runForJson<Result>('no-user-code.cjs', {
      // What the inspector cannot help doing: see `lib/engine/inspector.ts`.
      args: ['error,proxyAsPrototype'],
      env: { ASYNCTB_DISABLE: 'native' },
    });
    expect(ran).toEqual([]);
  });

  it('to load what importing asynctb has left for later', async () => {
    expect(await runForJson('later.cjs')).toEqual({
      called: [],
      complete: true,
    });
  });
});
