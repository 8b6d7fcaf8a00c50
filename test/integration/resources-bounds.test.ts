// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { capabilities, extract, type Resource, type Stack } from 'asynctb';
import { compileFunction } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadProgram } from '../support/forms';
import { held } from '../support/resources';

const { deferred, parked } = loadProgram<{
  deferred(): { promise: Promise<unknown>; resolve(): void };
  parked(): Promise<void>;
}>('deferred.cjs');

/** So many entries of a list are read, which is the one way in which a real one does not fit. */
const MOST = 10_000;

/** The stack of an async function with this body, while it waits. */
async function suspended(body: string): Promise<Stack> {
  const make = compileFunction(`return async (gate) => {\n${body}\n}`, [
    'held',
  ]) as (hold: typeof held) => (gate: Promise<unknown>) => Promise<unknown>;
  const gate = deferred();
  const target = make(held)(gate.promise);
  await parked();
  const stack = extract(target);
  gate.resolve();
  await target;
  return stack;
}

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

// A question to V8: without the syntax nothing of this even compiles.
describe.runIf(capabilities().resources.available)('lists too long', () => {
  let warnings: string[] = [];

  beforeEach(() => {
    warnings = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
      warnings.push(String(warning));
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  const resourcesOf = (stack: Stack): readonly Resource[] => {
    expect(stack.error).toBeNull();
    return stack.frames[0]?.resources ?? [];
  };

  it('P29 a block that is not read to its end says so, once', async () => {
    const body = (count: number): string =>
      `${lines(count, (i) => `using r${i} = held('');`)}\nawait gate;`;
    expect(resourcesOf(await suspended(body(MOST))).length).toBe(MOST);
    expect(warnings).toEqual([]);
    for (let time = 0; time < 2; time++) {
      const found = resourcesOf(await suspended(body(MOST + 1)));
      expect(found.length).toBe(MOST);
      expect(found.at(-1)?.name).toBe(`r${MOST - 1}`);
    }
    expect(warnings).toEqual([
      'reading open using blocks failed: TypeError: a list of more than 10,000 resources is not read to its end. Stacks may lack what it would have added.',
    ]);
  });

  it('P29 a disposable stack that is not read to its end says so, once', async () => {
    const body = (count: number): string =>
      `using all = new DisposableStack();
       for (let i = 0; i < ${count}; i++) all.defer(() => {});
       await gate;`;
    const [full] = resourcesOf(await suspended(body(MOST)));
    expect(full?.children.length).toBe(MOST);
    expect(warnings).toEqual([]);
    for (let time = 0; time < 2; time++) {
      const [stack] = resourcesOf(await suspended(body(MOST + 1)));
      expect(stack?.children.length).toBe(MOST);
    }
    expect(warnings).toEqual([
      expect.stringContaining('reading a disposable stack failed: TypeError'),
    ]);
  });
});
