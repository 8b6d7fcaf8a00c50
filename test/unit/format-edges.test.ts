// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Shapes that are rare, and that no formatter may stumble over. */

import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeError, setValueProbe } from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { excerptSource } from '../../lib/format/text.js';
import { CallGraph } from '../../lib/model/call-graph.js';
import { Resource } from '../../lib/model/resource.js';
import { Stack } from '../../lib/model/stack.js';
import { hasVisibleFrame } from '../../lib/model/visible.js';
import { writeChunks } from '../../lib/model/write.js';
import { readPlace } from '../../lib/engine/place-text.js';
import { makeFrame } from './model-fixtures.js';

beforeAll(useNodeValues);
afterAll(() => setValueProbe(null));

describe('P74 errors of the program', () => {
  test('P74 with a code or errors that are something else', () => {
    const error = Object.assign(new Error('odd'), { code: 7, errors: 'none' });
    expect(describeError(error)).toEqual({
      name: 'Error',
      code: null,
      message: 'odd',
      errors: [],
    });
    const coded = Object.assign(new Error('x'), { code: 'E_OWN', errors: {} });
    expect(describeError(coded)).toMatchObject({ code: 'E_OWN', errors: [] });
    expect(describeError({ errors: [new Error('x')] }).errors).toEqual([]);
    const message = Object.assign(new Error('x'), { message: {} });
    expect(describeError(message).message).toBe('');
  });
});

describe('P70 stacks and graphs that lack something', () => {
  test('P70 a child stack without a root', () => {
    const frame = makeFrame({ text: '' });
    const group = new Resource(1, false, 'group');
    group.children = [
      new Stack(undefined, [makeFrame({ name: 'child', text: '' })]),
      new Stack(undefined),
    ];
    frame.resources.push(group);
    expect(new Stack(undefined, [frame]).format()).toMatchInlineSnapshot(`
      "asynctb.Stack (most recent call last):
      ╠ load at /app/src/load.js:14:13
      ║ └ using group  // group: 1
      ║   ├──
      ║   │   ╠ child at /app/src/load.js:14:13
      ║   └ (no frames)"
    `);
  });

  test('P70 a graph whose shared node has no frame to show', () => {
    const shared = new CallGraph(7, new Stack(7));
    const hidden = makeFrame({ name: 'hidden' });
    hidden.hide = true;
    const other = new CallGraph(8, new Stack(8, [hidden]));
    const node = (root: number, below: CallGraph[]) =>
      new CallGraph(root, new Stack(root), below);
    const top = node(0, [
      node(1, [shared]),
      node(2, [shared]),
      node(3, [other]),
      node(4, [other]),
    ]);
    const text = top.format();
    expect(text).toContain('7 (shown above)');
    expect(text).toContain('8 (shown above)');
  });

  test('P70 what is not there hides nothing', () => {
    expect(hasVisibleFrame(new Stack(undefined), {})).toBe(true);
    const internal = makeFrame({ script: 'node:internal/x' });
    expect(hasVisibleFrame(new Stack(undefined, [internal]), {})).toBe(false);
  });
});

describe('P74 lines of source', () => {
  test('P74 no excerpt begins or ends inside of a character', () => {
    const line = `x${'🎉'.repeat(300)}`;
    for (const column of [200, 201, 250, 251]) {
      expect(excerptSource(line, column, '…')).not.toMatch(
        /(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/,
      );
    }
  });

  test('P74 one that was cut where it was read is not cut again', () => {
    const { lineText } = readPlace(
      [`${'a'.repeat(3000)}await here()${'b'.repeat(3000)}`],
      0,
      3000,
    );
    expect(lineText.length).toBeGreaterThan(200);
    expect(excerptSource(lineText, 3001, '…')).toBe(lineText);
  });

  test('P74 a place beyond the end of its source', () => {
    expect(readPlace(['x'], 7, 3)).toEqual({
      lineText: '',
      construct: 'other',
    });
    expect(readPlace([], 0, 0).lineText).toBe('');
    const endless = Array.from({ length: 1000 }, () => ' '.repeat(20));
    expect(readPlace(['yield', ...endless], 0, 0).construct).toBe('other');
  });
});

describe('writing to a stream', () => {
  class Full extends EventEmitter {
    write(): boolean {
      return false;
    }
  }

  function* pieces(): Generator<string> {
    yield 'a';
    yield 'b';
  }

  test.each([
    ['error', new Error('the disk is full'), 'the disk is full'],
    ['error', undefined, 'the stream failed while a dump was written'],
    ['close', undefined, 'the stream was closed before the dump was written'],
  ])('ends with its %s (%s)', async (event, value, message) => {
    const stream = new Full();
    const written = writeChunks(stream, pieces());
    stream.emit(event, value);
    await expect(written).rejects.toThrow(message);
    expect(stream.eventNames()).toEqual([]);
  });
});
