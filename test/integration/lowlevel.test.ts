// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { stat } from 'node:fs/promises';
import { dump, extract } from 'asynctb';
import { inspectGenerator, walkHeap } from 'asynctb/lowlevel';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { runForJson } from '../support/child';

describe('inspectGenerator()', () => {
  function* sync(): Generator<number> {
    yield* [1];
  }
  async function* async(): AsyncGenerator<number> {
    yield 1;
  }

  it('says which kind it is, and where it stands', async () => {
    const generator = sync();
    generator.next();
    expect(inspectGenerator(generator)).toMatchObject({
      kind: 'generator',
      frame: { functionName: 'sync', state: 'suspended' },
    });
    const asyncGenerator = async();
    await asyncGenerator.next();
    expect(inspectGenerator(asyncGenerator)).toMatchObject({
      kind: 'async-generator',
      frame: { functionName: 'async', state: 'suspended' },
    });
  });

  it('has no frame of one that has finished', () => {
    const generator = sync();
    generator.return(1);
    expect(inspectGenerator(generator)).toEqual({
      kind: 'generator',
      frame: null,
    });
  });
});

describe('walkHeap()', () => {
  it('says how much there is, and how long it took', () => {
    const { heapObjects, milliseconds } = walkHeap();
    expect(heapObjects).toBeGreaterThan(1_000);
    expect(milliseconds).toBeGreaterThan(0);
  });

  it('agrees with the dump between two of its walks', async () => {
    const { before, during, after } = await runForJson<{
      before: number;
      during: number;
      after: number;
    }>('walks.cjs', { flags: ['--expose-gc', '--min-semi-space-size=16'] });
    expect(during).toBeGreaterThanOrEqual(before);
    expect(during).toBeLessThanOrEqual(after);
    expect(after - before).toBeLessThan(before / 10);
  });
});

describe('what the engine says at odd moments', () => {
  it('P5 what it waits for has settled, but it has not gone on: ready to resume', async () => {
    const task = (async function ready() {
      await null;
      return 1;
    })();
    const stack = extract(task);
    expect(stack.frames.map(({ functionName }) => functionName)).toEqual([
      'ready',
    ]);
    expect(stack.leaves.map(String)).toEqual(['(ready to resume)']);
    expect(stack.error).toBeNull();
    expect(() => runFormatters(stack)).not.toThrow();
    expect(await task).toBe(1);
  });

  it('P11 a dump that no JavaScript has called: nothing runs but the dump', async () => {
    // Reactions run without a frame below them when what they wait for is settled by Node itself.
    const found = await stat('.')
      .then(() => undefined)
      .then(dump);
    expect(found.threads[0]?.running).toBeNull();
    expect(found.threads[0]?.error).toBeNull();
  });
});
