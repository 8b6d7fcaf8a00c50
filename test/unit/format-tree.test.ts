// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { AsynctbError, joinErrors } from '../../lib/model/errors.js';
import { Frame } from '../../lib/model/frame.js';
import {
  PENDING_PROMISE,
  READY_TO_RESUME,
} from '../../lib/model/placeholder.js';
import { Resource } from '../../lib/model/resource.js';
import { Stack } from '../../lib/model/stack.js';
import { branch, makeFrame, requestStack } from './model-fixtures.js';

class Transaction {}

beforeAll(useNodeValues);
afterAll(() => setValueProbe(null));

function combinator(pending: number, total: number | null): Frame {
  return Frame.combinator('Promise.all', { total, pending });
}

function requestWithResource(): [Stack, Resource] {
  const stack = requestStack(Promise.resolve());
  const resource = new Resource(new Transaction(), true, 'tx', 28);
  resource.description = 'using tx = await db.begin()';
  stack.frames[0]?.resources.push(resource);
  return [stack, resource];
}

describe('P70 the tree', () => {
  test('frames, a resource, branches and the leaf', () => {
    const [stack] = requestWithResource();
    stack.leaves.push(new Promise(() => {}));
    expect(stack.toString()).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call last):
      ╠ handle at /app/src/server.js:31:18
      ║ ├ using tx = await db.begin()  // tx: Transaction (line 28)
      ║ └ const rows = await loadAll(ids);
      ╠ loadAll at /app/src/load.js:9:10
      ║ └ return await Promise.all(ids.map(load));
      ╠ Promise.all (2 of 3 pending)
      ║ ├── [0]
      ║ │   ╠ load at /app/src/load.js:14:13
      ║ │   ║ └ const r = await fetch(url)
      ║ └── [2]
      ║     ╠ load at /app/src/load.js:14:13
      ║     ║ └ const r = await fetch(url)
      ╚ Promise { <pending> }"
    `);
    expect(stack.format()).toBe(stack.toString());
  });

  test('a stack without a root, as a dump finds it', () => {
    expect(new Stack(undefined, [makeFrame()]).format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)"
    `);
  });

  test('nothing found', () => {
    expect(new Stack(null).format()).toMatchInlineSnapshot(`
      "asynctb.Stack of null (most recent call last):
      ╚ (no frames)"
    `);
  });

  test('the object itself as the only leaf', () => {
    expect(new Stack(42, [], [42]).format()).toMatchInlineSnapshot(`
      "asynctb.Stack of 42 (most recent call last):
      ╚ 42"
    `);
  });

  test('several leaves', () => {
    const leaves = [PENDING_PROMISE, READY_TO_RESUME, 'text'];
    expect(new Stack(undefined, [makeFrame()], leaves).format())
      .toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)
      ╠ Promise { <pending> }
      ╠ (ready to resume)
      ╚ "text""
    `);
  });

  test('branches inside of branches', () => {
    const inner = combinator(2, 2);
    inner.branches = [branch(0, makeFrame({ name: 'a' })), branch(1)];
    inner.branches[1]?.leaves.push(PENDING_PROMISE);
    const outer = Frame.combinator('Promise.race', { total: null, pending: 2 });
    outer.branches = [
      branch(null, makeFrame({ name: 'b' }), inner),
      branch(7, makeFrame({ name: 'c' })),
    ];
    expect(new Stack(undefined, [outer]).format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ Promise.race (2 pending)
      ║ ├──
      ║ │   ╠ b at /app/src/load.js:14:13
      ║ │   ║ └ const r = await fetch(url)
      ║ │   ╠ Promise.all (2 of 2 pending)
      ║ │   ║ ├── [0]
      ║ │   ║ │   ╠ a at /app/src/load.js:14:13
      ║ │   ║ │   ║ └ const r = await fetch(url)
      ║ │   ║ └── [1]
      ║ │   ║     ╚ Promise { <pending> }
      ║ └── [7]
      ║     ╠ c at /app/src/load.js:14:13
      ║     ║ └ const r = await fetch(url)"
    `);
  });

  test('the counts of a combinator, as far as they are known', () => {
    const frames = [combinator(1, 3), combinator(4, null)];
    expect(new Stack(undefined, frames).format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ Promise.all (1 of 3 pending)
      ╠ Promise.all (4 pending)"
    `);
  });

  test('many branches: equal ones once, the most frequent first', () => {
    const all = combinator(1200, 2000);
    for (let index = 0; index < 1200; index++) {
      const name = index % 100 === 0 ? 'retry' : 'load';
      all.branches.push(branch(index, makeFrame({ name })));
    }
    all.branches.push(branch(1999, makeFrame({ name: 'last' })));
    expect(new Stack(undefined, [all]).format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ Promise.all (1200 of 2000 pending)
      ║ ├── [1], [2], [3] and 1,185 more alike
      ║ │   ╠ load at /app/src/load.js:14:13
      ║ │   ║ └ const r = await fetch(url)
      ║ ├── [0], [100], [200] and 9 more alike
      ║ │   ╠ retry at /app/src/load.js:14:13
      ║ │   ║ └ const r = await fetch(url)
      ║ └── [1999]
      ║     ╠ last at /app/src/load.js:14:13
      ║     ║ └ const r = await fetch(url)"
    `);
  });

  test('many branches, no two alike: the first ones, and how many more', () => {
    const all = combinator(30, 30);
    for (let index = 0; index < 30; index++) {
      all.branches.push(branch(index, makeFrame({ line: index + 1 })));
    }
    const text = new Stack(undefined, [all]).format();
    expect(text.match(/── \[/g)).toHaveLength(20);
    expect(text).toContain('[19]');
    expect(text.split('\n').at(-1)).toBe('║ └── and 10 more');
  });

  test('many branches of unknown index', () => {
    const all = combinator(9, null);
    for (let index = 0; index < 9; index++) {
      all.branches.push(branch(null, makeFrame()));
    }
    expect(new Stack(undefined, [all]).format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ Promise.all (9 pending)
      ║ └── 9 alike
      ║     ╠ load at /app/src/load.js:14:13
      ║     ║ └ const r = await fetch(url)"
    `);
  });
});

describe('P70 errors', () => {
  test('one, with its code', () => {
    const error = new AsynctbError('ERR_ASYNCTB_CYCLE', 'it waits for itself');
    expect(new Stack(undefined, [makeFrame()], [], error).format())
      .toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)
      ╚ Error [ERR_ASYNCTB_CYCLE]: it waits for itself"
    `);
  });

  test('several, one of them of a hook and of several lines', () => {
    const error = joinErrors([
      new AsynctbError('ERR_ASYNCTB_MAX_FRAMES', 'more than 2 frames'),
      new TypeError('a hook failed\nin its second line'),
    ]);
    expect(
      new Stack(undefined, [makeFrame()], [PENDING_PROMISE], error).format(),
    ).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ └ const r = await fetch(url)
      ╠ Promise { <pending> }
      ╚ AggregateError: 2 errors while extracting
        - Error [ERR_ASYNCTB_MAX_FRAMES]: more than 2 frames
        - TypeError: a hook failed
          in its second line"
    `);
  });

  test('an ordinary AggregateError, and none when there is nothing to join', () => {
    const error = new AggregateError([new Error('one'), 'two'], 'both');
    expect(new Stack(undefined, [], [], error).format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╚ AggregateError: both
        - Error: one
        - "two""
    `);
    expect(joinErrors([])).toBeNull();
  });
});

describe('P70 resources', () => {
  test('inner stack and children', () => {
    const [stack, resource] = requestWithResource();
    resource.innerStack = new Stack(undefined, [makeFrame({ name: 'inner' })]);
    const hidden = new Resource(1, false, 'unseen', 5);
    hidden.hide = true;
    resource.children = [
      new Resource([1, 2], false, 'rows', null),
      hidden,
      new Stack(Promise.resolve(), [makeFrame({ name: 'child' })]),
      new Stack(Promise.resolve()),
    ];
    stack.frames.length = 1;
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call last):
      ╠ handle at /app/src/server.js:31:18
      ║ ├ using tx = await db.begin()  // tx: Transaction (line 28)
      ║ │ ╠ inner at /app/src/load.js:14:13
      ║ │ ║ └ const r = await fetch(url)
      ║ │ ├ using rows  // rows: Array(2)
      ║ │ ├── Promise
      ║ │ │   ╠ child at /app/src/load.js:14:13
      ║ │ │   ║ └ const r = await fetch(url)
      ║ │ └ Promise
      ║ └ const rows = await loadAll(ids);"
    `);
  });

  test('without a name, a line, or a description', () => {
    const stack = new Stack(undefined, [makeFrame()]);
    stack.frames[0]?.resources.push(
      new Resource(new Transaction(), true, 'tx'),
      new Resource(new Transaction()),
    );
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ ├ await using tx  // tx: Transaction
      ║ ├ using  // Transaction
      ║ └ const r = await fetch(url)"
    `);
  });

  test('P75 an exiting one replaces the line of its frame', () => {
    const [stack, resource] = requestWithResource();
    stack.frames.length = 1;
    resource.isExiting = true;
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call last):
      ╠ handle at /app/src/server.js:31:18
      ║ └ using tx = await db.begin()  // tx: Transaction (line 28, exiting)"
    `);
    expect(stack.format({ showResources: false })).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call last):
      ╠ handle at /app/src/server.js:31:18
      ║ └ const rows = await loadAll(ids);"
    `);
  });

  test('P71 left out when asked', () => {
    const [stack] = requestWithResource();
    expect(stack.format({ showResources: false })).not.toContain('using');
  });
});

describe('P71 forms', () => {
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
      'file:///broken%zz.js',
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
      ╠ load at file:///broken%zz.js:14:13
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
      expect(() => Reflect.apply(stack.format, stack, [options])).toThrow(
        expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }),
      );
      expect(() => Reflect.apply(stack.formatFlat, stack, [options])).toThrow(
        TypeError,
      );
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
