// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFileSync } from 'node:child_process';
import { capabilities } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { type ChildOptions, runForJson } from '../support/child';

interface Result {
  forms: number;
  unequal: unknown[];
  counts: Record<'async_hooks' | 'promise_hooks' | 'store', number>;
}

async function runAll(options: ChildOptions): Promise<Result> {
  const result = await runForJson<Result>('run-all.cjs', options);
  expect(result.unequal).toEqual([]);
  expect(result.forms).toBeGreaterThan(100);
  return result;
}

describe('every form, in a process with', () => {
  it.each([
    ['async_hooks', 'async_hooks'],
    ['promise_hooks', 'promise_hooks'],
    ['AsyncLocalStorage', 'store'],
  ] as const)('%s', async (hooks, counter) => {
    const { counts } = await runAll({ args: [`--hooks=${hooks}`] });
    expect(counts[counter]).toBeGreaterThan(0);
  });

  it('a worker thread that does it', async () => {
    await runAll({ args: ['--worker'] });
  });

  // A V8 without it has no second way to walk, and says so: see capabilities.test.ts.
  it.skipIf(!capabilities().queryObjects.available)(
    'the heap walk switched off, by queryObjects',
    async () => {
      await runAll({
        args: ['--at-once'],
        env: { ASYNCTB_DISABLE: 'heapWalk' },
      });
    },
  );
});

const v8Options = execFileSync(process.execPath, ['--v8-options'], {
  encoding: 'utf8',
});

/** Not every V8 knows every flag, and Node ends at one that it does not know. */
function isKnown(flag: string): boolean {
  const name = flag.replace(/^--(no-)?/, '').replace(/=.*/, '');
  return v8Options.includes(`--${name}`);
}

/**
 * What could crash: an address that is used after the object has moved, or a heap that is walked
 * while it is being changed.
 */
describe('every form, under', () => {
  it.each(
    [
      ['--stress-compaction'],
      ['--gc-interval=500'],
      ['--stress-scavenge=80'],
      ['--stress-incremental-marking'],
      ['--single-threaded-gc'],
      // Where WebAssembly has a flag, V8 warns that it disables it.
      ['--jitless', ...['--no-expose-wasm'].filter(isKnown)],
      ['--always-sparkplug'],
      ['--no-opt'],
      ['--always-turbofan'],
      ['--expose-gc', '--max-semi-space-size=1'],
    ]
      .filter((flags) => flags.every(isKnown))
      .map((flags) => ({ flags })),
  )('$flags', async ({ flags }) => {
    await runAll({ flags });
  });
});
