// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { createContext, runInContext, runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  describeError,
  describeLeaf,
  describeLocal,
  describeValue,
  setValueProbe,
} from '../../lib/format/describe.js';
import { useNodeValues } from '../../lib/format/node-values.js';
import { duration, groupDigits, truncate } from '../../lib/format/text.js';
import { AsynctbError } from '../../lib/base/errors.js';
import { Frame } from '../../lib/model/frame.js';
import { PENDING_PROMISE } from '../../lib/model/placeholder.js';
import { Resource } from '../../lib/model/resource.js';
import { Stack } from '../../lib/model/stack.js';
import { makeSite } from './model-fixtures.js';

beforeEach(useNodeValues);
afterEach(() => setValueProbe(null));

describe('values', () => {
  class Transaction {}
  class MyPromise extends Promise<unknown> {}
  const cases: [unknown, string][] = [
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [42, '42'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [10n, '10n'],
    ['a"b\n', '"a\\"b\\n"'],
    ['x'.repeat(90), `"${'x'.repeat(80)}…"`],
    [Symbol('s'), 'Symbol(s)'],
    [function load() {}, '[Function: load]'],
    [() => {}, '[Function (anonymous)]'],
    [Transaction, '[Function: Transaction]'],
    [{}, 'Object'],
    [Object.create(null), 'Object'],
    [Object.create(Object.create(null)), 'Object'],
    [Object.create(() => {}), 'Object'],
    [[1, 2], 'Array(2)'],
    [new Map(), 'Map'],
    [new Transaction(), 'Transaction'],
    [new RangeError('x'), 'RangeError'],
    [Promise.resolve(), 'Promise'],
    [new MyPromise(() => {}), 'MyPromise'],
    [(function* () {})(), 'Generator'],
    [(async function* () {})(), 'AsyncGenerator'],
    [runInNewContext('(function* () {})()'), 'Generator'],
    [runInNewContext('new Promise(() => {})'), 'Promise'],
    [new Proxy({}, {}), 'Proxy'],
    [new Proxy(() => {}, {}), 'Proxy'],
    [Object.create(new Proxy({}, {})), 'Object'],
    [PENDING_PROMISE, 'Promise { <pending> }'],
  ];

  test.each(cases)('%#: described', (value, expected) => {
    expect(describeValue(value)).toBe(expected);
  });

  test('a leaf promise is a pending one, of any realm or class', () => {
    expect(describeLeaf(new Promise(() => {}))).toBe('Promise { <pending> }');
    expect(describeLeaf(new MyPromise(() => {}))).toBe(
      'MyPromise { <pending> }',
    );
    expect(describeLeaf(runInNewContext('new Promise(() => {})'))).toBe(
      'Promise { <pending> }',
    );
    expect(describeLeaf(new Proxy(Promise.resolve(), {}))).toBe('Proxy');
  });

  test('a revoked proxy', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(describeValue(proxy)).toBe('Proxy');
    expect(describeLeaf(proxy)).toBe('Proxy');
  });

  test('without a probe, objects are left alone', () => {
    setValueProbe(null);
    expect(describeValue(new Map())).toBe('Object');
    expect(describeValue(() => {})).toBe('[Function]');
    expect(describeLeaf(Promise.resolve())).toBe('Object');
    expect(describeValue(PENDING_PROMISE)).toBe('Promise { <pending> }');
    expect(describeError(new TypeError('x')).message).toBe('');
    expect(
      describeError(new AsynctbError('ERR_ASYNCTB_CYCLE', 'x')).message,
    ).toBe('x');
  });

  test('a local whose name says secret', () => {
    const secret = ['password', 'dbPasswd', 'authToken', 'API_KEY', 'cookies'];
    for (const name of secret) {
      expect(describeLocal(name, 'v')).toBe('<redacted>');
    }
    expect(describeLocal('author', 'v')).toBe('"v"');
    expect(describeLocal('passed', 'v')).toBe('"v"');
  });
});

describe('no code of the program runs', () => {
  test('in any formatter', () => {
    let calls = 0;
    const count = (): never => {
      calls++;
      throw new Error('user code ran');
    };
    // Counts every trap, and then lets the proxy behave as if it had none.
    const handler = new Proxy(
      {},
      {
        get: () => {
          calls++;
          return undefined;
        },
      },
    );
    const accessor = { get: count, set: count, configurable: true };
    const properties = {
      constructor: accessor,
      name: accessor,
      message: accessor,
      code: accessor,
      stack: accessor,
      errors: accessor,
      cause: accessor,
      length: accessor,
      then: accessor,
      toString: accessor,
      toJSON: accessor,
      valueOf: accessor,
      frames: accessor,
      [Symbol.toStringTag]: accessor,
      [Symbol.toPrimitive]: accessor,
      [Symbol.iterator]: accessor,
      [Symbol.for('nodejs.util.inspect.custom')]: accessor,
    };
    const withHasInstance = function Class(): void {};
    Object.defineProperty(withHasInstance, Symbol.hasInstance, accessor);
    Object.defineProperty(withHasInstance, 'name', accessor);
    // `stack` first: replacing it formats the trace, which reads the message.
    const error = Object.defineProperty(new Error('x'), 'stack', accessor);
    Object.defineProperties(error, properties);
    const hostile: unknown[] = [
      new Proxy({}, handler),
      new Proxy(function target() {}, handler),
      new Proxy(Promise.resolve(), handler),
      Object.create(new Proxy({}, handler)),
      Object.defineProperties({}, properties),
      Object.create(Object.defineProperties({}, properties)),
      Object.defineProperties(Promise.resolve(), {
        ...properties,
        then: { value: 1 },
      }),
      Object.create({ constructor: withHasInstance }),
      withHasInstance,
      error,
      runInContext('this', createContext(new Proxy({}, handler))),
    ];
    // Making the objects ran some of their traps; from here on nothing may.
    calls = 0;
    const texts: string[] = [];
    for (const value of hostile) {
      const frame = new Frame(
        makeSite(),
        'suspended',
        withHasInstance,
        value,
        error,
      );
      frame.locals = { value };
      frame.resources.push(new Resource(value, false, 'r', 1));
      const stack = new Stack(value, [frame], [value], error);
      texts.push(
        stack.toString(),
        stack.format({ locals: true, asciiOnly: true }),
        stack.formatFlat({ showResources: true }),
        JSON.stringify(stack),
        JSON.stringify(stack.toJSON({ locals: true })),
      );
    }
    expect(calls).toBe(0);
    expect(texts).toHaveLength(hostile.length * 5);
  });

  test('Error.prepareStackTrace is not asked', () => {
    const { prepareStackTrace } = Error;
    let calls = 0;
    Error.prepareStackTrace = () => {
      calls++;
      return '';
    };
    try {
      const error = new TypeError('of a hook');
      expect(new Stack(1, [], [], error).format()).toContain(
        '╚ TypeError: of a hook',
      );
      expect(calls).toBe(0);
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });
});

describe('numbers and lengths', () => {
  test('thousands are grouped', () => {
    expect([0, 999, 1000, 1_234_567].map(groupDigits)).toEqual([
      '0',
      '999',
      '1,000',
      '1,234,567',
    ]);
  });

  test('durations have the two units that matter', () => {
    expect([12.4, 1000, 61_000, 8_043_000, 90_000_000].map(duration)).toEqual([
      '12 ms',
      '1 s',
      '1 min 1 s',
      '2 h 14 min',
      '1 day 1 h',
    ]);
  });

  test('no character is cut in two', () => {
    expect(truncate('ab😀', 3, '…')).toBe('ab…');
    expect(truncate('ab😀c', 4, '…')).toBe('ab😀…');
  });
});
