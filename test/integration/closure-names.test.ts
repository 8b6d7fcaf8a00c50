// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { dump } from 'asynctb';
import { beforeAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Way {
  way: string;
  expected: string;
  single: string;
  many: string;
  graph: string;
  resumed: string;
}

interface Result {
  ways: Way[];
  dumped: Record<string, number>;
  nested: string[];
  upward: string[];
  callbacks: string[];
  generators: string[];
  texts: string[];
  reached: number;
}

/** What is cut off of a name that is longer. */
const LONGEST = 2048;

function cut(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
}

describe('a closure that was given a name of its own', () => {
  let result: Result;
  beforeAll(async () => {
    result = await runForJson<Result>('closure-names.cjs');
  });

  it('is called by it wherever a single target is looked at', () => {
    for (const { way, expected, single, many, graph } of result.ways) {
      const name = cut(expected);
      expect({ way, single, many, graph }).toEqual({
        way,
        single: name,
        many: name,
        graph: name,
      });
    }
  });

  it('is called what V8 calls it when it goes on', () => {
    for (const { way, expected, resumed } of result.ways) {
      // V8 looks at prototypes, too (V8 14 at all that is there), and keeps half a character.
      if (['another prototype', 'deleted', 'half a character'].includes(way))
        continue;
      expect({ way, resumed }).toEqual({ way, resumed: expected });
    }
  });

  it('stands in a group of a dump with those of the same name', () => {
    const counts: Record<string, number> = {};
    for (const { expected } of result.ways) {
      counts[cut(expected)] = (counts[cut(expected)] ?? 0) + 1;
    }
    expect(result.dumped).toMatchObject(counts);
    expect(counts['Orders.pay']).toBe(2);
  });

  it('is told apart from those around it', () => {
    expect(result.nested).toEqual([
      'withTransaction',
      'withRetry',
      'withTimeout',
    ]);
    expect(result.upward).toEqual(result.nested);
  });

  it('may be a callback, bound or not, or a generator', () => {
    expect(result.callbacks).toEqual(['callback', 'target', '']);
    expect(result.generators).toEqual(['generator', 'async generator']);
  });

  it('is shown in one line, whatever is in its name', () => {
    for (const text of result.texts) {
      expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\u202e]/);
    }
    expect(result.texts.join('\n')).toContain('\\x1b[31mred\\u202e');
  });

  it('runs no code of the program', () => {
    expect(result.reached).toBe(0);
  });
});

describe('a dump of closures with a name each', () => {
  const hold: (() => void)[] = [];
  const named = (name: string): (() => Promise<void>) =>
    Object.defineProperty(
      async () => {
        await new Promise<void>((resolve) => hold.push(resolve));
      },
      'name',
      { value: name },
    );
  const groupsOf = (lines: RegExp): [count: number, line: string][] =>
    dump()
      .threads.flatMap(({ groups }) => groups)
      .map(({ count, stack }): [number, string] => [
        count,
        String(stack.frames[0]),
      ])
      .filter(([, line]) => lines.test(line));

  it('tells a thousand apart', () => {
    for (let i = 0; i < 2000; i++) void named(`thousand${i % 1000}`)();
    const groups = groupsOf(/^thousand\d/);
    expect(groups).toHaveLength(1000);
    expect(groups.every(([count]) => count === 2)).toBe(true);
  });

  it('says of more that they are several', () => {
    const literal = (name: string): (() => Promise<void>) =>
      Object.defineProperty(
        async function folded() {
          await new Promise<void>((resolve) => hold.push(resolve));
        },
        'name',
        { value: name },
      );
    for (let i = 0; i < 20_000; i++) void literal(`${'x'.repeat(200)}${i}`)();
    const before = process.memoryUsage().rss;
    const groups = groupsOf(/^folded /);
    expect(groups).toEqual([
      [20_000, expect.stringMatching(/ \(several names\)$/)],
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    const json = JSON.stringify(dump());
    expect(json).toContain('"functionName":"folded"');
    expect(json).toContain('"severalNames":true');
    // Of callbacks it shows later that they are so many.
    const pending = new Promise<void>((resolve) => hold.push(resolve));
    for (let i = 0; i < 3000; i++) {
      const callback = (): void => {};
      Object.defineProperty(callback, 'name', { value: `callback${i}` });
      void (async () => {
        await pending.then(callback);
      })();
    }
    const callbacks = dump()
      .threads.flatMap(({ groups: all }) => all)
      .filter(({ stack }) => /^callback/.test(String(stack.frames[1])));
    expect(callbacks).toHaveLength(1);
    expect(callbacks[0]?.count).toBe(3000);
    expect(callbacks[0]?.stack.frames[1]?.severalNames).toBe(true);
  });
});

describe('a computed method', () => {
  const names = { 'computed name': 40 };

  it.each(['--stress-incremental-marking', '--stress-compaction'])(
    'has its name under %s, in contexts of its own',
    async (flag) => {
      const result = await runForJson('names-while-marking.cjs', {
        flags: [flag],
      });
      expect(result).toEqual({ names, available: true });
    },
  );

  it('has its name where names of functions cannot be read', async () => {
    const result = await runForJson('names-while-marking.cjs', {
      env: { ASYNCTB_DISABLE: 'functionNames' },
    });
    expect(result).toEqual({ names, available: false });
  });
});
