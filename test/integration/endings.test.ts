// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Summary {
  frames: string[];
  leaves: number;
  error: string | null;
}

type Endings = Record<
  | 'running'
  | 'delegates'
  | 'awaits'
  | 'idle'
  | 'unnamed'
  | 'withError'
  | 'withGetter'
  | 'cut'
  | 'settled'
  | 'pending'
  | 'other'
  | 'graph'
  | 'graphOfPromise',
  Summary
> & {
  dump: string | null;
  since: Summary | { code: string; message: string };
  native: { available: boolean; reason?: string };
};

const endings = (disabled: string): Promise<Endings> =>
  runForJson<Endings>('endings.cjs', { env: { ASYNCTB_DISABLE: disabled } });

const says = (text: string): unknown => expect.stringContaining(text);

describe('where a stack ends', () => {
  it('natively: nothing is left open', async () => {
    const result = await endings('');
    expect(result.delegates).toEqual({
      frames: ['delegates suspended', 'inner suspended'],
      leaves: 0,
      error: null,
    });
    expect(result.cut.error).toEqual(says('more than 0 frames'));
    expect(result.settled).toEqual({ frames: [], leaves: 0, error: null });
    expect(result.other).toEqual({ frames: [], leaves: 1, error: null });
    expect(result.graph.frames).toEqual(['main running']);
    expect(result.withError.frames).toEqual(['inner suspended']);
    expect(result.withGetter.frames).toEqual(['inner suspended']);
    expect(result.dump).toBeNull();
  });

  it('by the inspector: what could be below is said', async () => {
    const result = await endings('native');
    expect(result.running).toEqual({
      frames: ['running running'],
      leaves: 0,
      error: says('it is running: only its own frame'),
    });
    expect(result.delegates).toEqual({
      frames: ['delegates suspended'],
      leaves: 0,
      error: says('what it delegates to (yield*) cannot be read'),
    });
    expect(result.awaits.error).toEqual(says('what it awaits cannot be read'));
    expect(result.idle.error).toEqual(
      says('whether it waits for something cannot be told'),
    );
    expect(result.unnamed.frames).toEqual([' suspended']);
    expect(result.withError.error).toEqual(says('holds an error'));
    expect(result.withGetter.error).toEqual(says('an object with a getter'));
    expect(result.cut).toEqual({
      frames: [],
      leaves: 0,
      error: says('more than 0 frames'),
    });
    expect(result.settled).toEqual({ frames: [], leaves: 0, error: null });
    expect(result.pending).toMatchObject({
      leaves: 1,
      error: says('what this promise waits for cannot be read'),
    });
    expect(result.graph.error).toEqual(says('switched off'));
    expect(result.dump).toEqual(says('suspended tasks cannot be found'));
    expect(result.since).toMatchObject({ error: says('native reading') });
  });

  it('when only the layout of generators is unknown', async () => {
    const result = await endings('generators');
    expect(result.settled).toEqual({ frames: [], leaves: 0, error: null });
    expect(result.pending.error).toEqual(
      says('what this promise waits for cannot be read'),
    );
    expect(result.delegates.error).toEqual(says('(yield*)'));
  });

  it('with neither: the target itself, and why', async () => {
    const result = await endings('native,inspector');
    for (const { frames, leaves, error } of [
      result.delegates,
      result.pending,
    ]) {
      expect(frames).toEqual([]);
      expect(leaves).toBe(1);
      expect(error).toEqual(says('nor by the inspector: switched off'));
    }
    expect(result.other).toEqual({ frames: [], leaves: 1, error: null });
  });

  it('in a Node that the addon was not built for', async () => {
    const result = await runForJson<Endings>('another-abi.cjs');
    expect(result.native.available).toBe(false);
    expect(result.native.reason).toMatch(
      /\(ABI 1\).*there is none in the package/,
    );
    expect(result.native.reason).toContain('Build one with: node ');
    expect(result.delegates.frames).toEqual(['delegates suspended']);
    expect(result.pending.leaves).toBe(1);
  });
});
