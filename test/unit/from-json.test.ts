// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { AsynctbError, joinErrors } from '../../lib/base/errors.js';
import { Frame } from '../../lib/model/frame.js';
import { stackFromJson } from '../../lib/model/from-json.js';
import { Resource } from '../../lib/model/resource.js';
import { Site } from '../../lib/model/site.js';
import { Stack } from '../../lib/model/stack.js';
import { branch, makeFrame } from './model-fixtures.js';

beforeAll(useNodeValues);
afterAll(() => setValueProbe(null));

/** A stack with everything that one may have. */
function everything(): Stack {
  const all = Frame.combinator('Promise.all', { total: 3, pending: 1 });
  all.branches = [branch(2, makeFrame({ name: 'input' }))];
  const resource = new Resource(new Map([[1, 2]]), true, 'lock', 7);
  resource.isExiting = true;
  resource.description = 'await using lock = take()';
  const entry = new Resource('an entry', false);
  entry.hide = true;
  resource.children = [entry, new Stack('a task', [makeFrame()])];
  resource.innerStack = branch(null, makeFrame({ name: 'inside' }));
  const frame = makeFrame({ name: 'own', line: null, column: null });
  frame.hideLine = true;
  frame.resources = [resource];
  frame.locals = { count: 3, text: 'words' };
  const mapped = new Frame(
    new Site(
      'mapped',
      { scriptName: 'a.ts', lineNumber: 1, columnNumber: 2 },
      'const a',
      'generator',
      { scriptName: 'a.js', lineNumber: 3, columnNumber: 4 },
    ),
    'running',
  );
  mapped.hide = true;
  return new Stack(
    Promise.resolve(),
    [frame, mapped, Frame.combinator('Promise.race', null), all],
    [Promise.resolve()],
    joinErrors([
      new AsynctbError('ERR_ASYNCTB_CYCLE', 'one'),
      new AsynctbError('ERR_ASYNCTB_MAX_FRAMES', 'two'),
    ]),
  );
}

describe('a stack that comes from another thread', () => {
  const options = { locals: true };

  test('P12 is the stack that was there, as far as plain data go', () => {
    const json = everything().toJSON(options);
    const found = stackFromJson(json);
    expect(found.toJSON(options)).toEqual(json);
    expect(found.format(options)).toBe(everything().format(options));
    expect(found.frames.map((frame) => frame.function)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('P12 of a root that is known here', () => {
    const root = {};
    expect(stackFromJson(everything().toJSON(), root).root).toBe(root);
    expect(stackFromJson(new Stack(undefined).toJSON()).root).toBeUndefined();
  });

  test('P12 an error of another kind keeps its name, and its code', () => {
    const failing = (error: Error): Error | null =>
      stackFromJson(new Stack(1, [], [], error).toJSON()).error;
    expect(failing(new RangeError('far'))).toMatchObject({
      code: 'ERR_ASYNCTB_IN_OTHER_THREAD',
      message: 'RangeError: far',
    });
    expect(
      failing(Object.assign(new Error('gone'), { code: 'ENOENT' })),
    ).toMatchObject({ code: 'ENOENT', message: 'gone' });
  });
});
