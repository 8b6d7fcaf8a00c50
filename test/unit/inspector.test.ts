// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What is made of answers that the inspector may give and has not given so far. */

import { Session } from 'node:inspector';
import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { extractByInspector } from '../../lib/extract/by-inspector.js';
import { resolveOptions } from '../../lib/base/options.js';
import { Inspection } from '../../lib/engine/inspector.js';

type Callback = (error: Error | null, result?: object) => void;
type Post = (method: string, params: object, callback: Callback) => void;

const { post } = Session.prototype as unknown as { post: Post };

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the inspector says passes through `change`; null: it says nothing. */
function changing(
  change: (method: string, result: object) => object | Error | null,
): void {
  vi.spyOn(Session.prototype, 'post').mockImplementation(function (
    this: Session,
    ...args: unknown[]
  ) {
    const [method, params, callback] = args as Parameters<Post>;
    post.call(this, method, params, (error, result) => {
      const changed = change(method, result ?? {});
      if (changed instanceof Error) callback(changed);
      else if (changed !== null) callback(error, changed);
    });
  });
}

interface Property {
  name: string;
  value?: object;
}

/** Answers lack the internal properties of these names. */
function without(...names: string[]): void {
  changing((_method, result) => {
    const { internalProperties } = result as {
      internalProperties?: Property[];
    };
    return internalProperties === undefined
      ? result
      : {
          ...result,
          internalProperties: internalProperties.filter(
            ({ name }) => !names.includes(name),
          ),
        };
  });
}

function inspect<Result>(look: (inspection: Inspection) => Result): Result {
  const inspection = new Inspection();
  try {
    return look(inspection);
  } finally {
    inspection.close();
  }
}

/** Of a script that nobody has looked at. */
function fresh(name: string, rest = ''): Generator {
  const make = runInThisContext(
    `(function* ${name}() {\n  const a = 1;\n  yield a;\n})${rest}`,
    { filename: `${name}.js` },
  ) as () => Generator;
  const generator = make();
  generator.next();
  return generator;
}

const unsupported = (message: string): Error =>
  expect.objectContaining({
    code: 'ERR_ASYNCTB_UNSUPPORTED',
    message: expect.stringContaining(message) as string,
  }) as Error;

describe('an inspector that', () => {
  it('refuses: the error says what and why, and the session is closed', () => {
    const disconnect = vi.spyOn(Session.prototype, 'disconnect');
    changing(() => new Error('not today'));
    expect(() => new Inspection()).toThrow(
      unsupported('refused Runtime.enable: not today'),
    );
    expect(disconnect).toHaveBeenCalledTimes(1);
  });

  it('says nothing', () => {
    changing(() => null);
    expect(() => new Inspection()).toThrow(
      unsupported('Runtime.enable: the inspector gave an answer'),
    );
  });

  it.each(['[[GeneratorFunction]]', '[[GeneratorLocation]]'])(
    'does not tell %s',
    (name) => {
      without(name);
      const generator = fresh('unknown');
      expect(() => inspect((it) => it.generator(generator, false))).toThrow(
        unsupported('an answer that is not known'),
      );
    },
  );

  it('tells no internal property at all', () => {
    changing((_method, result) => ({
      ...result,
      internalProperties: undefined,
    }));
    expect(() => inspect((it) => it.generator(fresh('bare'), false))).toThrow(
      unsupported('an answer that is not known'),
    );
  });

  it('does not tell where the function begins, nor its this', () => {
    without('[[FunctionLocation]]', '[[GeneratorReceiver]]');
    const found = inspect((it) => it.generator(fresh('placeless'), true));
    // Where it stands is then taken for its beginning.
    expect(found.state).toBe('not-started');
    expect(found.place.lineNumber).toBe(3);
    expect(found.receiver).toBeUndefined();
  });

  it('tells no scopes', () => {
    without('[[Scopes]]');
    const found = inspect((it) => it.generator(fresh('scopeless'), true));
    expect(found.scopes).toBeNull();
  });

  it('tells of scopes of an unknown kind', () => {
    changing((_method, result) => {
      const list = result as { result?: unknown };
      if (!Array.isArray(list.result)) return result;
      return { ...result, result: [{ name: '0', value: {} }, { name: '1' }] };
    });
    const found = inspect((it) => it.generator(fresh('odd'), true));
    expect(found.scopes).toEqual([]);
  });

  it('does not introduce the script', () => {
    vi.spyOn(Session.prototype, 'on').mockImplementation(function (
      this: Session,
      ...args: unknown[]
    ) {
      const [event, listener] = args as [string, () => void];
      if (event !== 'Debugger.scriptParsed') this.addListener(event, listener);
      return this;
    });
    const found = inspect((it) => it.generator(fresh('nobody'), false));
    expect(found.place).toMatchObject({
      scriptName: '',
      lineNumber: 3,
      script: 0,
      lineText: expect.stringMatching(/^ +yield a;$/) as string,
    });
    // Of one line: where the script begins in its file is not known either.
    const onOneLine = runInThisContext('(function* oneLine() { yield 1; })', {
      filename: 'one-line.js',
      columnOffset: 1_000,
    }) as () => Generator;
    const generator = onOneLine();
    generator.next();
    const { place } = inspect((it) => it.generator(generator, false));
    expect(place).toMatchObject({ scriptName: '', lineNumber: 1 });
  });
});

describe('a stack by an inspector that', () => {
  const stackOf = (generator: Generator) =>
    extractByInspector([generator], resolveOptions(undefined))[0];

  it('hands over no object: a frame without function and name', () => {
    vi.spyOn(Session.prototype, 'post').mockImplementation(function (
      this: Session,
      ...args: unknown[]
    ) {
      const [method, params, callback] = args as Parameters<Post>;
      if (method === 'Runtime.callFunctionOn') callback(null, {});
      else post.call(this, method, params, callback);
    });
    const stack = stackOf(fresh('handless'));
    expect(stack?.frames).toMatchObject([
      { functionName: '', function: null, lineNumber: 3, state: 'suspended' },
    ]);
  });

  it('cannot be connected to: no frame, and the reason', () => {
    vi.spyOn(Session.prototype, 'connect').mockImplementation(() => {
      throw new RangeError('too many sessions');
    });
    const generator = fresh('unconnected');
    const stack = stackOf(generator);
    expect(stack?.frames).toEqual([]);
    expect(stack?.leaves).toEqual([generator]);
    expect(stack?.error).toEqual(
      unsupported('the inspector failed: too many sessions'),
    );
  });

  it('refuses: no frame, and what it said', () => {
    changing(() => new Error('not today'));
    expect(stackOf(fresh('refused'))?.error).toEqual(
      unsupported('refused Runtime.enable: not today'),
    );
  });
});

it('a script that names a source map is known by its number', () => {
  const rest = '\n//# sourceMappingURL=mapped.js.map';
  const found = inspect((it) => it.generator(fresh('mapped', rest), false));
  expect(found.place.script).toBeGreaterThan(0);
  expect(found.place.sourceMapUrl).toBe('mapped.js.map');
});

describe('whether a promise is pending', () => {
  const isPending = (promise: Promise<unknown>): boolean =>
    inspect((it) => it.isPending(promise));
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const hook = (descriptor: PropertyDescriptor): void => {
    Object.defineProperty(Error, 'prepareStackTrace', {
      configurable: true,
      ...descriptor,
    });
  };
  afterEach(() => {
    if (before === undefined)
      Reflect.deleteProperty(Error, 'prepareStackTrace');
    else hook(before);
  });

  it.each<[string, PropertyDescriptor]>([
    ['no function', { value: undefined }],
    ['none of the program', {}],
  ])('is told where the hook of stacks is %s', (_name, descriptor) => {
    if (Object.keys(descriptor).length > 0) hook(descriptor);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
    expect(isPending(new Promise(() => {}))).toBe(true);
    expect(isPending(Promise.resolve(1))).toBe(false);
  });

  let ran = 0;
  const own = (): string => String(ran++);
  it.each<[string, PropertyDescriptor]>([
    ["the program's", { value: own }],
    ['a getter', { get: () => ran++ }],
    ['a proxy', { value: new Proxy(own, { get: () => ran++ }) }],
    ['a number', { value: 5 }],
    ['a built-in function', { value: Math.max }],
  ])('is not, where it is %s', (_name, descriptor) => {
    hook(descriptor);
    expect(() => isPending(Promise.resolve(1))).toThrow(
      unsupported('the program sets Error.prepareStackTrace'),
    );
    expect(ran).toBe(0);
  });
});
