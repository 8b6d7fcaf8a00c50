// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import type { FormatOptions } from '../../lib/model/formats.js';
import { Frame } from '../../lib/model/frame.js';
import { PENDING_PROMISE } from '../../lib/model/placeholder.js';
import { Stack } from '../../lib/model/stack.js';
import {
  branch,
  combinator,
  makeFrame,
  requestStack,
  requestWithResource,
  Transaction,
} from './model-fixtures.js';

beforeAll(useNodeValues);

afterAll(() => setValueProbe(null));

describe('P71 forms', () => {
  test('a combinator without branches is shown when who called it is', () => {
    const race = (): Frame => Frame.combinator('Promise.race', null);
    const internal = { script: 'node:internal/run', text: '' };
    const ours = makeFrame({ name: 'ours', script: '/a.js', text: '' });
    const hiding = makeFrame({ name: 'hiding', script: '/b.js', text: '' });
    hiding.hide = true;
    const inner = combinator(1, 1);
    inner.branches = [branch(0, ours)];
    const stack = new Stack(undefined, [
      race(),
      makeFrame({ name: 'run', ...internal }),
      race(),
      race(),
      ours,
      race(),
      hiding,
      race(),
      makeFrame({ name: 'run', ...internal }),
      inner,
    ]);
    const names = (options?: FormatOptions): string[] =>
      stack.format(options).match(/(?<=^╠ )[\w.]+/gmu) ?? [];
    const flatNames = (options?: FormatOptions): string[] =>
      stack.formatFlat(options).match(/(?<=at async )[\w.]+/gu) ?? [];
    const shown = ['Promise.race', 'ours', 'Promise.race', 'Promise.all'];
    expect(names()).toEqual(shown);
    expect(flatNames()).toEqual([
      'ours',
      'Promise.all',
      'Promise.race',
      'ours',
      'Promise.race',
    ]);
    expect(
      names({ showHiddenFrames: true, showInternalFrames: true }),
    ).toHaveLength(10);
  });

  test('ASCII, also for what the program is called', () => {
    const [stack] = requestWithResource();
    stack.leaves.push(PENDING_PROMISE);
    stack.frames.push(makeFrame({ name: 'größe', script: '/app/日本.js' }));
    const text = stack.format({ asciiOnly: true });
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call last):
      + handle at /app/src/server.js:31:18
      | - using tx = await db.begin()  // tx: Transaction (line 28)
      | \` const rows = await loadAll(ids);
      + loadAll at /app/src/load.js:9:10
      | \` return await Promise.all(ids.map(load));
      + Promise.all (2 of 3 pending)
      | |-- [0]
      | |   + load at /app/src/load.js:14:13
      | |   | \` const r = await fetch(url)
      | \`-- [2]
      |     + load at /app/src/load.js:14:13
      |     | \` const r = await fetch(url)
      + gr\\xf6\\xdfe at /app/\\u65e5\\u672c.js:14:13
      | \` const r = await fetch(url)
      \` Promise { <pending> }"
    `);
  });

  test('hidden frames, and frames without their line', () => {
    const stack = new Stack(undefined, [
      makeFrame({ name: 'outer' }),
      makeFrame({ name: 'noise' }),
      makeFrame({ name: 'inner' }),
    ]);
    for (const frame of stack) {
      frame.hide = frame.functionName === 'noise';
      frame.hideLine = frame.functionName === 'inner';
    }
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ outer at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)
      ╠ inner at /app/src/load.js:14:13"
    `);
    expect(stack.format({ showHiddenFrames: true })).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ outer at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)
      ╠ noise at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)
      ╠ inner at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)"
    `);
  });

  test("Node's own frames", () => {
    const stack = new Stack(undefined, [
      makeFrame({ name: 'run', script: 'node:internal/modules/run_main' }),
      makeFrame(),
    ]);
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)"
    `);
    expect(stack.format({ showInternalFrames: true })).toContain(
      '╠ run at node:internal/modules/run_main:14:13',
    );
    stack.frames.pop();
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ (1 frame hidden)"
    `);
  });

  test('locals, short and without secrets', () => {
    const frame = makeFrame();
    frame.locals = {
      id: 7n,
      name: 'x'.repeat(500),
      apiKey: 'abc',
      userPassword: 'abc',
      rows: [1, 2, 3],
      tx: new Transaction(),
      done: undefined,
    };
    const stack = new Stack(undefined, [frame]);
    expect(stack.format()).not.toContain('rows');
    expect(stack.format({ locals: true })).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ ├ id = 7n
      ║ ├ name = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
      ║ ├ apiKey = <redacted>
      ║ ├ userPassword = <redacted>
      ║ ├ rows = Array(3)
      ║ ├ tx = Transaction
      ║ ├ done = undefined
      ║ └ const r = await fetch(url)"
    `);
  });

  test('paths below the working directory', () => {
    const paths = [
      'file:///app/src/with%20space.mjs?v=1',
      '/app/src/load.js',
      '/app2/load.js',
      'file:///C:/app/load.js',
      'file://server/share/load.js',
      'file:///broken%ff.js',
      'evalmachine.<anonymous>',
    ];
    const stack = new Stack(
      undefined,
      paths.map((script) => makeFrame({ script, text: '' })),
    );
    expect(stack.format({ cwd: '/app' })).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at src/with space.mjs:14:13
      ╠ load at src/load.js:14:13
      ╠ load at /app2/load.js:14:13
      ╠ load at C:/app/load.js:14:13
      ╠ load at file://server/share/load.js:14:13
      ╠ load at file:///broken%ff.js:14:13
      ╠ load at evalmachine.<anonymous>:14:13"
    `);
    expect(stack.format({ cwd: '/app/' })).toBe(stack.format({ cwd: '/app' }));
    expect(stack.format({ cwd: '/' })).toContain('at app/src/load.js:14:13');
    expect(stack.format()).toContain('at /app/src/with space.mjs:14:13');
  });

  test('wrong options throw', () => {
    const stack = requestStack();
    const wrong: unknown[] = [
      { asciiOnly: 'yes' },
      { showResources: 1 },
      { showHiddenFrames: null },
      { showInternalFrames: {} },
      { locals: 0 },
      { cwd: 7 },
      null,
      'ascii',
    ];
    for (const options of wrong) {
      expect(
        () => Reflect.apply(stack.format, stack, [options]) as unknown,
      ).toThrow(expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }));
      expect(
        () => Reflect.apply(stack.formatFlat, stack, [options]) as unknown,
      ).toThrow(TypeError);
    }
  });
});

describe('P74 printed all the same', () => {
  test('no source, no name, no position', () => {
    const stack = new Stack(undefined, [
      makeFrame({ name: '', text: '' }),
      makeFrame({ name: '', text: '', kind: 'module' }),
      makeFrame({ text: '', line: null, column: null }),
      makeFrame({ text: '', column: null }),
      makeFrame({ text: '', script: '' }),
      makeFrame({ text: '', script: '', line: null, column: null }),
      makeFrame({ name: 'onDone', text: '', kind: 'callback' }),
      makeFrame({ name: 'later', text: '' }, 'not-started'),
    ]);
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ <anonymous> at /app/src/load.js:14:13
      ╠ <module> at /app/src/load.js:14:13
      ╠ load at /app/src/load.js
      ╠ load at /app/src/load.js:14
      ╠ load at <unknown>:14:13
      ╠ load
      ╠ onDone at /app/src/load.js:14:13 (callback)
      ╠ later at /app/src/load.js:14:13 (not started)"
    `);
  });

  test('control and direction characters never reach the terminal', () => {
    const evil = '\u001b[2J\u0007\r\n\u009b1m\u202eabc\u2028\ufeff\tz\u007f';
    const frame = makeFrame({ name: evil, script: evil, text: `x ${evil} y` });
    frame.locals = { [evil]: evil };
    const stack = new Stack(
      Symbol(evil),
      [frame],
      [evil],
      new Error(`a${evil}`),
    );
    const safe =
      /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e\ufeff]*$/;
    const text = stack.format({ locals: true });
    expect(text).toMatch(safe);
    expect(stack.formatFlat()).toMatch(safe);
    expect(frame.toString()).toMatch(safe);
    expect(text).toMatchInlineSnapshot(`
      "asynctb.Stack of Symbol(\\x1b[2J\\x07\\r\\n\\x9b1m\\u202eabc\\u2028\\ufeff\\tz\\x7f) (most recent call last):
      ╠ \\x1b[2J\\x07\\r\\n\\x9b1m\\u202eabc\\u2028\\ufeff\\tz\\x7f at \\x1b[2J\\x07\\r\\n\\x9b1m\\u202eabc\\u2028\\ufeff\\tz\\x7f:14:13
      ║ ├ \\x1b[2J\\x07\\r\\n\\x9b1m\\u202eabc\\u2028\\ufeff\\tz\\x7f = "\\u001b[2J\\u0007\\r\\n\\x9b1m\\u202eabc\\u2028\\ufeff\\tz\\x7f"
      ║ └ x \\x1b[2J\\x07\\r\\n\\x9b1m\\u202eabc\\u2028\\ufeff z\\x7f y
      ╠ "\\u001b[2J\\u0007\\r\\n\\x9b1m\\u202eabc\\u2028\\ufeff\\tz\\x7f"
      ╚ Error: a\\x1b[2J\\x07
        \\x9b1m\\u202eabc\\u2028\\ufeff\\tz\\x7f"
    `);
  });

  test('a line of minified code: the part around the column', () => {
    const text = `${'a'.repeat(5000)}await here()${'b'.repeat(5000)}`;
    const stack = new Stack(undefined, [
      makeFrame({ text, line: 1, column: 5001 }),
      makeFrame({ text, line: 1, column: null }),
      makeFrame({ text, line: 1, column: 999_999 }),
    ]);
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:1:5001
      ║ └ …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaawait here()bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
      ╠ load at /app/src/load.js:1
      ║ └ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
      ╠ load at /app/src/load.js:1:999999
      ║ └ …bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    `);
  });

  test('10,000 frames', () => {
    const frames = Array.from({ length: 10_000 }, (_, index) =>
      makeFrame({ name: `f${index}` }),
    );
    const lines = new Stack(undefined, frames).format().split('\n');
    expect(lines).toHaveLength(20_001);
    expect(lines.at(-2)).toBe('╠ f9999 at /app/src/load.js:14:13');
  });

  test('10,000 combinators inside of each other: bounded, and said', () => {
    let inner = branch(0, makeFrame({ name: 'innermost' }));
    for (let depth = 0; depth < 10_000; depth++) {
      const all = combinator(1, 1);
      all.branches = [inner];
      inner = branch(0, all);
    }
    const note = '(nested more than 100 deep: not shown)';
    expect(inner.format().split('\n').at(-1)).toMatch(/^║.*╚ \(nested more/);
    expect(inner.format()).toContain(note);
    expect(inner.formatFlat()).toContain(note);
    expect(JSON.stringify(inner)).toContain('ERR_ASYNCTB_NESTING');
  });

  test('nested combinators with many branches take no time of their own', () => {
    let inner = branch(0, makeFrame());
    for (let depth = 0; depth < 90; depth++) {
      const all = combinator(9, 9);
      all.branches = [inner];
      for (let index = 1; index < 9; index++) {
        all.branches.push(branch(index, makeFrame()));
      }
      inner = branch(0, all);
    }
    // Rendered twice at each level, this would be 2 to the 90 lines of work.
    expect(inner.format().split('\n').length).toBeLessThan(1000);
  });
});
