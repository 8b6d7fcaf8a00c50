// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the other tests of formatters leave open of the rows P70 to P75. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import type { AsynctbErrorCode } from '../../lib/base/error-codes.js';
import { AsynctbError, joinErrors } from '../../lib/base/errors.js';
import { Frame } from '../../lib/model/frame.js';
import { PENDING_PROMISE } from '../../lib/model/placeholder.js';
import { Resource } from '../../lib/model/resource.js';
import { Stack } from '../../lib/model/stack.js';
import { branch, makeFrame } from './model-fixtures.js';

class Connection {}
class TaskGroup {}

beforeAll(useNodeValues);
afterAll(() => setValueProbe(null));

/** Everything at once: what one feature prints must not disturb another. */
function everything(): Stack {
  const connection = new Resource(new Connection(), true, 'db', 7);
  connection.description = 'await using db = connect(url)';
  connection.innerStack = new Stack(
    undefined,
    [makeFrame({ name: 'session', kind: 'generator' })],
    [],
    new AsynctbError('ERR_ASYNCTB_BLOCKED', 'of the session'),
  );
  const group = new Resource(new TaskGroup(), false, 'group', 8);
  group.children = [
    new Stack(Promise.resolve(), [
      makeFrame({ name: 'child' }),
      Frame.combinator('Promise.any', { total: 2, pending: 2 }),
    ]),
    new Stack(Promise.resolve()),
  ];
  const handler = makeFrame({ name: 'handler', text: 'await serve(group)' });
  handler.resources.push(connection, group);
  handler.locals = { url: 'db:7' };
  const wrapper = makeFrame({ name: 'wrapper', text: 'return await fn()' });
  wrapper.hide = true;
  const quiet = makeFrame({ name: 'quiet', text: 'await step()' });
  quiet.hideLine = true;
  const all = Frame.combinator('Promise.all', { total: 3, pending: 2 });
  const failed = branch(2, makeFrame({ name: 'second' }));
  failed.error = new AsynctbError('ERR_ASYNCTB_CYCLE', 'of a branch');
  all.branches = [branch(0, makeFrame({ name: 'first' })), failed];
  return new Stack(
    Promise.resolve(),
    [handler, wrapper, quiet, all],
    [PENDING_PROMISE],
    joinErrors([
      new AsynctbError('ERR_ASYNCTB_TOO_MANY', 'the first'),
      new AsynctbError('ERR_ASYNCTB_BAD_HOOK', 'the second'),
    ]),
  );
}

describe('P70 everything at once', () => {
  test('P70 resources, inner stacks, children, branches, leaf and errors', () => {
    expect(everything().format()).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call last):
      ╠ handler at /app/src/load.js:14:13
      ║ ├ await using db = connect(url)  // db: Connection (line 7)
      ║ │ ╠ session at /app/src/load.js:14:13
      ║ │ ║ └ const r = await fetch(url)
      ║ │ ╚ Error [ERR_ASYNCTB_BLOCKED]: of the session
      ║ ├ using group  // group: TaskGroup (line 8)
      ║ │ ├── Promise
      ║ │ │   ╠ child at /app/src/load.js:14:13
      ║ │ │   ║ └ const r = await fetch(url)
      ║ │ │   ╠ Promise.any (2 of 2 pending)
      ║ │ └ Promise
      ║ └ await serve(group)
      ╠ quiet at /app/src/load.js:14:13
      ╠ Promise.all (2 of 3 pending)
      ║ ├── [0]
      ║ │   ╠ first at /app/src/load.js:14:13
      ║ │   ║ └ const r = await fetch(url)
      ║ └── [2]
      ║     ╠ second at /app/src/load.js:14:13
      ║     ║ └ const r = await fetch(url)
      ║     ╚ Error [ERR_ASYNCTB_CYCLE]: of a branch
      ╠ Promise { <pending> }
      ╚ AggregateError: 2 errors while extracting
        - Error [ERR_ASYNCTB_TOO_MANY]: the first
        - Error [ERR_ASYNCTB_BAD_HOOK]: the second"
    `);
  });

  test('P71 the same in ASCII, hidden frames and lines shown, with locals', () => {
    const text = everything().format({
      asciiOnly: true,
      showHiddenFrames: true,
      locals: true,
    });
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call last):
      + handler at /app/src/load.js:14:13
      | - await using db = connect(url)  // db: Connection (line 7)
      | | + session at /app/src/load.js:14:13
      | | | \` const r = await fetch(url)
      | | \` Error [ERR_ASYNCTB_BLOCKED]: of the session
      | - using group  // group: TaskGroup (line 8)
      | | |-- Promise
      | | |   + child at /app/src/load.js:14:13
      | | |   | \` const r = await fetch(url)
      | | |   + Promise.any (2 of 2 pending)
      | | \` Promise
      | - url = "db:7"
      | \` await serve(group)
      + wrapper at /app/src/load.js:14:13
      | \` return await fn()
      + quiet at /app/src/load.js:14:13
      | \` await step()
      + Promise.all (2 of 3 pending)
      | |-- [0]
      | |   + first at /app/src/load.js:14:13
      | |   | \` const r = await fetch(url)
      | \`-- [2]
      |     + second at /app/src/load.js:14:13
      |     | \` const r = await fetch(url)
      |     \` Error [ERR_ASYNCTB_CYCLE]: of a branch
      + Promise { <pending> }
      \` AggregateError: 2 errors while extracting
        - Error [ERR_ASYNCTB_TOO_MANY]: the first
        - Error [ERR_ASYNCTB_BAD_HOOK]: the second"
    `);
  });

  test('P71 the same without resources', () => {
    expect(everything().format({ showResources: false }))
      .toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call last):
      ╠ handler at /app/src/load.js:14:13
      ║ └ await serve(group)
      ╠ quiet at /app/src/load.js:14:13
      ╠ Promise.all (2 of 3 pending)
      ║ ├── [0]
      ║ │   ╠ first at /app/src/load.js:14:13
      ║ │   ║ └ const r = await fetch(url)
      ║ └── [2]
      ║     ╠ second at /app/src/load.js:14:13
      ║     ║ └ const r = await fetch(url)
      ║     ╚ Error [ERR_ASYNCTB_CYCLE]: of a branch
      ╠ Promise { <pending> }
      ╚ AggregateError: 2 errors while extracting
        - Error [ERR_ASYNCTB_TOO_MANY]: the first
        - Error [ERR_ASYNCTB_BAD_HOOK]: the second"
    `);
  });

  test('P72 the same flat, with resources and without', () => {
    expect(everything().formatFlat({ showResources: true }))
      .toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call first):
          AggregateError: 2 errors while extracting
          - Error [ERR_ASYNCTB_TOO_MANY]: the first
          - Error [ERR_ASYNCTB_BAD_HOOK]: the second
          (waiting for Promise { <pending> })
          at async first (/app/src/load.js:14:13)
          at async Promise.all (index 0)
          Error [ERR_ASYNCTB_CYCLE]: of a branch
          at async second (/app/src/load.js:14:13)
          at async Promise.all (index 2)
          at async quiet (/app/src/load.js:14:13)
          at async Promise.any (2 of 2 pending)
          at async child (/app/src/load.js:14:13)
          (using group  // group: TaskGroup (line 8))
          Error [ERR_ASYNCTB_BLOCKED]: of the session
          at session (/app/src/load.js:14:13)
          (await using db = connect(url)  // db: Connection (line 7))
          at async handler (/app/src/load.js:14:13)"
    `);
    expect(everything().formatFlat()).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call first):
          AggregateError: 2 errors while extracting
          - Error [ERR_ASYNCTB_TOO_MANY]: the first
          - Error [ERR_ASYNCTB_BAD_HOOK]: the second
          (waiting for Promise { <pending> })
          at async first (/app/src/load.js:14:13)
          at async Promise.all (index 0)
          Error [ERR_ASYNCTB_CYCLE]: of a branch
          at async second (/app/src/load.js:14:13)
          at async Promise.all (index 2)
          at async quiet (/app/src/load.js:14:13)
          Error [ERR_ASYNCTB_BLOCKED]: of the session
          at async handler (/app/src/load.js:14:13)"
    `);
  });

  test('P73 the same as plain data', () => {
    const json = everything().toJSON({ locals: true });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    const [handler, wrapper, quiet, all] = json.frames;
    expect(handler?.locals).toEqual({ url: '"db:7"' });
    expect(handler?.resources.map(({ value }) => value)).toEqual([
      'Connection',
      'TaskGroup',
    ]);
    expect(handler?.resources[0]?.innerStack?.error?.code).toBe(
      'ERR_ASYNCTB_BLOCKED',
    );
    expect(handler?.resources[1]?.children).toHaveLength(2);
    expect(wrapper?.hide).toBe(true);
    expect(quiet?.hideLine).toBe(true);
    expect(all?.branches[1]?.error?.code).toBe('ERR_ASYNCTB_CYCLE');
    expect(json.error?.errors.map(({ code }) => code)).toEqual([
      'ERR_ASYNCTB_TOO_MANY',
      'ERR_ASYNCTB_BAD_HOOK',
    ]);
    expect(everything().toJSON().frames[0]?.locals).toBeUndefined();
  });
});

describe('P70 running frames', () => {
  const running = (name: string) => makeFrame({ name }, 'running');

  test('P70 at the end of a suspended chain are marked', () => {
    const stack = new Stack(undefined, [
      makeFrame({ name: 'outer', text: '' }),
      makeFrame({ name: 'task', text: '' }, 'running'),
    ]);
    expect(stack.format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ outer at /app/src/load.js:14:13
      ╠ task at /app/src/load.js:14:13 (running)"
    `);
    expect(stack.formatFlat()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call first):
          at task (/app/src/load.js:14:13)
          at async outer (/app/src/load.js:14:13)"
    `);
  });

  test('P70 by themselves are not', () => {
    const stack = new Stack(undefined, [running('main'), running('step')]);
    expect(stack.format()).not.toContain('running');
    expect(String(running('main'))).not.toContain('running');
  });

  test('P70 in a branch are marked by what is around them there', () => {
    const all = Frame.combinator('Promise.all', { total: 2, pending: 2 });
    all.branches = [
      branch(0, running('alone')),
      branch(1, makeFrame({ name: 'waits' }), running('inside')),
    ];
    const text = new Stack(undefined, [all]).format();
    expect(text).toMatch(/alone at \S+$/m);
    expect(text).toMatch(/inside at \S+ \(running\)$/m);
  });
});

describe('P71 resources', () => {
  test('P71 a hidden one is shown on demand, its children with it', () => {
    const frame = makeFrame({ text: '' });
    const hidden = new Resource(1, false, 'unseen', 2);
    hidden.hide = true;
    const child = new Resource(2, false, 'inner', 3);
    child.hide = true;
    const shown = new Resource(3, false, 'seen', 1);
    shown.children = [child];
    frame.resources.push(shown, hidden);
    const stack = new Stack(undefined, [frame]);
    for (const print of [
      stack.format.bind(stack),
      stack.formatFlat.bind(stack),
    ]) {
      const usual = print({ showResources: true });
      expect(usual).toContain('using seen');
      expect(usual).not.toMatch(/unseen|inner/);
      const all = print({ showResources: true, showHiddenFrames: true });
      expect(all).toContain('using unseen');
      expect(all).toContain('using inner');
    }
  });
});

describe('P72 errors in the flat form', () => {
  test('P72 of stacks inside of resources that are not shown', () => {
    const failing = (code: AsynctbErrorCode): Stack =>
      new Stack(undefined, [], [], new AsynctbError(code, 'it failed'));
    const nested = new Resource(1);
    nested.innerStack = failing('ERR_ASYNCTB_BLOCKED');
    const inner = makeFrame({ name: 'inner' });
    inner.resources.push(nested);
    const child = new Resource(2);
    child.children = [failing('ERR_ASYNCTB_CYCLE')];
    const resource = new Resource(3);
    resource.innerStack = new Stack(undefined, [inner]);
    resource.children = [child];
    const frame = makeFrame();
    frame.resources.push(resource);
    expect(new Stack(undefined, [frame]).formatFlat()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call first):
          Error [ERR_ASYNCTB_CYCLE]: it failed
          Error [ERR_ASYNCTB_BLOCKED]: it failed
          at async load (/app/src/load.js:14:13)"
    `);
  });

  test('P72 bounded, however deep they are nested', () => {
    let inner = new Resource(0);
    inner.innerStack = new Stack(undefined, [], [], new Error('too deep'));
    for (let depth = 0; depth < 10_000; depth++) {
      const outer = new Resource(depth);
      outer.children = [inner];
      inner = outer;
    }
    const frame = makeFrame();
    frame.resources.push(inner);
    expect(new Stack(undefined, [frame]).formatFlat()).not.toContain('deep');
  });
});

describe('P75 exiting resources', () => {
  function leaving(hide: boolean): Stack {
    const frame = makeFrame({ text: 'body()' });
    const kept = new Resource(1, false, 'kept', 2);
    const exiting = new Resource(2, false, 'left', 3);
    exiting.isExiting = true;
    exiting.hide = hide;
    frame.resources.push(kept, exiting);
    return new Stack(undefined, [frame]);
  }

  test('P75 the line of the innermost one stands for the frame', () => {
    expect(leaving(false).format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ ├ using kept  // kept: 1 (line 2)
      ║ └ using left  // left: 2 (line 3, exiting)"
    `);
  });

  test('P75 with resources off, or that one hidden, the line is back', () => {
    expect(leaving(false).format({ showResources: false })).toContain(
      '└ body()',
    );
    expect(leaving(true).format()).toContain('└ body()');
    expect(leaving(true).format({ showHiddenFrames: true })).not.toContain(
      'body()',
    );
  });

  test('P75 one that is left while an inner one is held leaves the line alone', () => {
    const stack = leaving(false);
    stack.frames[0]?.resources.push(new Resource(3, false, 'inner', 4));
    expect(stack.format()).toContain('└ body()');
  });

  test('P75 the flat form marks it, and keeps the place of the frame', () => {
    expect(leaving(false).formatFlat({ showResources: true }))
      .toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call first):
          (using left  // left: 2 (line 3, exiting))
          (using kept  // kept: 1 (line 2))
          at async load (/app/src/load.js:14:13)"
    `);
  });
});
