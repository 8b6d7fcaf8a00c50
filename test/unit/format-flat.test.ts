// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { AsynctbError } from '../../lib/base/errors.js';
import { Frame } from '../../lib/model/frame.js';
import { PENDING_PROMISE } from '../../lib/model/placeholder.js';
import { Resource } from '../../lib/model/resource.js';
import { Stack } from '../../lib/model/stack.js';
import { branch, makeFrame, requestStack } from './model-fixtures.js';

beforeAll(useNodeValues);
afterAll(() => setValueProbe(null));

describe('P72 the flat form', () => {
  test('as Node prints a stack: the most recent call first', () => {
    const stack = requestStack(Promise.resolve());
    stack.leaves.push(PENDING_PROMISE);
    expect(stack.formatFlat()).toMatchInlineSnapshot(`
      "asynctb.Stack of Promise (most recent call first):
          (waiting for Promise { <pending> })
          at async load (/app/src/load.js:14:13)
          at async Promise.all (index 0)
          at async load (/app/src/load.js:14:13)
          at async Promise.all (index 2)
          at async loadAll (/app/src/load.js:9:10)
          at async handle (/app/src/server.js:31:18)"
    `);
  });

  test('what is not awaited, and what has no name', () => {
    const stack = new Stack(undefined, [
      makeFrame({ name: 'main', kind: 'function' }, 'running'),
      makeFrame({ name: 'numbers', kind: 'generator' }),
      makeFrame({ name: '' }),
      makeFrame({ script: 'file:///app/x.mjs', name: '', kind: 'module' }),
      makeFrame({ script: 'file:///app/x.mjs', line: null, column: null }),
      makeFrame({ script: '', line: null, column: null }),
      makeFrame({ name: 'run', script: 'node:internal/x' }),
    ]);
    expect(stack.formatFlat()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call first):
          at async load
          at async load (file:///app/x.mjs)
          at async file:///app/x.mjs:14:13
          at async /app/src/load.js:14:13
          at numbers (/app/src/load.js:14:13)
          at main (/app/src/load.js:14:13)"
    `);
    expect(stack.formatFlat({ showInternalFrames: true })).toContain(
      '    at async run (node:internal/x:14:13)',
    );
    expect(stack.formatFlat({ cwd: '/app' })).toContain('at async x.mjs:14:13');
  });

  test('errors, those of inner stacks too', () => {
    const stack = requestStack();
    const inner = stack.frames[2]?.branches[1];
    if (inner)
      inner.error = new AsynctbError('ERR_ASYNCTB_BLOCKED', 'of a branch');
    stack.error = new AsynctbError('ERR_ASYNCTB_CYCLE', 'of the stack');
    expect(stack.formatFlat()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call first):
          Error [ERR_ASYNCTB_CYCLE]: of the stack
          at async load (/app/src/load.js:14:13)
          at async Promise.all (index 0)
          Error [ERR_ASYNCTB_BLOCKED]: of a branch
          at async load (/app/src/load.js:14:13)
          at async Promise.all (index 2)
          at async loadAll (/app/src/load.js:9:10)
          at async handle (/app/src/server.js:31:18)"
    `);
  });

  test('resources when asked', () => {
    const stack = new Stack(undefined, [makeFrame()]);
    const resource = new Resource(1, false, 'tx', 3);
    resource.innerStack = new Stack(undefined, [makeFrame({ name: 'inner' })]);
    resource.innerStack.error = new AsynctbError(
      'ERR_ASYNCTB_BLOCKED',
      'inside',
    );
    resource.children = [
      new Resource(2, true, 'child', 4),
      new Stack(undefined, [makeFrame({ name: 'task' })]),
    ];
    stack.frames[0]?.resources.push(resource);
    expect(stack.formatFlat()).not.toContain('tx');
    expect(stack.formatFlat({ showResources: true })).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call first):
          at async task (/app/src/load.js:14:13)
          (await using child  // child: 2 (line 4))
          Error [ERR_ASYNCTB_BLOCKED]: inside
          at async inner (/app/src/load.js:14:13)
          (using tx  // tx: 1 (line 3))
          at async load (/app/src/load.js:14:13)"
    `);
  });

  test('a combinator of unknown inputs, and one with none left to show', () => {
    const race = Frame.combinator('Promise.race', { total: null, pending: 1 });
    race.branches = [branch(null, makeFrame())];
    const any = Frame.combinator('Promise.any', { total: 3, pending: 2 });
    expect(new Stack(undefined, [race, any]).formatFlat())
      .toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call first):
          at async Promise.any (2 of 3 pending)
          at async load (/app/src/load.js:14:13)
          at async Promise.race"
    `);
  });
});
