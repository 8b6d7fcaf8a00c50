// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { AsynctbError, joinErrors } from '../../lib/base/errors.js';
import { Frame } from '../../lib/model/frame.js';
import {
  PENDING_PROMISE,
  READY_TO_RESUME,
} from '../../lib/model/placeholder.js';
import { Resource } from '../../lib/model/resource.js';
import { Stack } from '../../lib/model/stack.js';
import {
  branch,
  combinator,
  makeFrame,
  requestWithResource,
  Transaction,
} from './model-fixtures.js';

beforeAll(useNodeValues);
afterAll(() => setValueProbe(null));

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
      ║ ├ using // Transaction
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
