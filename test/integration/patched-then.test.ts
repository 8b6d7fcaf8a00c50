// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { beforeAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

type Result = Record<string, [down: string, up: string]> & {
  dump: string[];
  taskCount: number;
};

const run = (how: string): Promise<Result> =>
  runForJson('patched-then.cjs', { args: [how] });

describe('Promise.prototype.then, replaced', () => {
  let plain: Result;
  beforeAll(async () => {
    plain = await run('plain');
  });

  it('not at all, shows what is expected of the rest', () => {
    expect(plain['viaAll']?.[0]).toContain('Promise.all (2 of 2)');
    expect(plain['viaRace']?.[0]).toContain('Promise.race (2 of ?)');
    expect(plain['outer']?.[0]).toContain('async-function load @load');
    expect(plain['viaFinally']?.[0]).toContain('callback tidy');
    expect(plain['bystander']?.[0]).not.toContain('load');
    expect(plain.taskCount).toBeGreaterThanOrEqual(12);
  });

  it.each(['closures', 'twice', 'bound', 'manager', 'through'])(
    'by %s, changes nothing',
    async (how) => {
      expect(await run(how)).toEqual(plain);
    },
  );

  it('by functions that share a scope, changes nothing but where a callback for each outcome stands', async () => {
    const result = await run('scope');
    expect({ ...result, dump: null }).toEqual({ ...plain, dump: null });
    // Which of the two functions in its scope a wrapper is of, cannot be told.
    const isOther = (of: Result) => (task: string) => !of.dump.includes(task);
    expect(plain.dump.filter(isOther(result))).toEqual([
      expect.stringMatching(/^1: callback <anonymous> [^]*async-function load/),
    ]);
    expect(result.dump.filter(isOther(plain))).toEqual([
      expect.stringMatching(/^1: callback <anonymous> [^]*async-function load/),
    ]);
  });

  it("by resources of Node's own, hides no more than their callbacks", async () => {
    const result = await run('resource');
    for (const name of ['viaAll', 'viaSettled', 'viaAny', 'viaRace', 'outer']) {
      expect(result[name]).toEqual(plain[name]);
    }
    expect(result.taskCount).toBe(plain.taskCount);
  });
});
