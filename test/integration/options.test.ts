// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  callGraph,
  dump,
  dumpAsync,
  extract,
  extractMany,
  extractOutermost,
  extractSince,
  extractUntil,
} from 'asynctb';
import {
  functionId,
  inspectGenerator,
  promiseReactions,
} from 'asynctb/lowlevel';
import { describe, expect, it } from 'vitest';
import { expectBlock, expectStack } from '../support/assert-stack';
import {
  allForms,
  describeStack,
  type Form,
  type Parked,
} from '../support/forms';

const forms = allForms();

function formNamed(part: string): Form {
  const form = forms.find(({ name }) => name.includes(part));
  if (form === undefined) throw new Error(`no form ${part}`);
  return form;
}

async function finishAll(parked: readonly Parked[]): Promise<void> {
  for (const each of parked) each.gate?.resolve(null);
  await Promise.all(parked.map((each) => each.finish()));
}

describe('extractMany', () => {
  it('gives for each target what extract gives, in their order', async () => {
    const parked = await Promise.all(forms.map((form) => form.park()));
    const stacks = extractMany(parked.map(({ target }) => target));
    stacks.forEach((stack, index) => {
      expect(stack.root).toBe(parked[index]?.target);
      expectStack(stack, forms[index]?.expected ?? '');
    });
    await finishAll(parked);
  });

  it('takes any iterable, and the same target twice', async () => {
    const form = formNamed('await of await of await');
    const parked = await form.park();
    const twice = extractMany(new Set([parked.target, 42]));
    expect(twice).toHaveLength(2);
    const [first, second] = extractMany([parked.target, parked.target]);
    expectBlock(describeStack(first as never), form.expected);
    expectBlock(describeStack(second as never), form.expected);
    expect(extractMany([])).toEqual([]);
    await finishAll([parked]);
  });

  it('marks cycles and shared ends in each target by itself', async () => {
    const shared = formNamed('await of await of await');
    const parked = await shared.park();
    const above = (async () => await (parked.target as Promise<unknown>))();
    await new Promise(setImmediate);
    const [whole, part] = extractMany([above, parked.target]);
    expect(whole?.length).toBe((part?.length ?? 0) + 1);
    expect(whole?.error).toBeNull();
    expect(part?.error).toBeNull();
    await finishAll([parked]);
  });
});

describe('maxFrames', () => {
  it.each([0, 1, 2])(
    'keeps the outermost %d and says so',
    async (maxFrames) => {
      const parked = await formNamed('await of await of await').park();
      const all = extract(parked.target);
      const stack = extract(parked.target, { maxFrames });
      expect(all.length).toBe(3);
      expect(stack.frames.map(String)).toEqual(
        all.frames.slice(0, maxFrames).map(String),
      );
      expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_MAX_FRAMES' });
      expect(stack.leaves).toEqual([]);
      await finishAll([parked]);
    },
  );

  it.each([3, 4, Number.POSITIVE_INFINITY])(
    'of %d does not cut what fits',
    async (maxFrames) => {
      const form = formNamed('await of await of await');
      const parked = await form.park();
      expectStack(extract(parked.target, { maxFrames }), form.expected);
      await finishAll([parked]);
    },
  );

  it.each([0, 1, 2, 3])('cuts a chain of generators after %d', (maxFrames) => {
    const parked = formNamed('leads through every generator').park() as Parked;
    const stack = extract(parked.target, { maxFrames });
    expect(stack.length).toBe(maxFrames);
    expect(stack.error?.message ?? '').toMatch(
      maxFrames < 3 ? /more than \d frames/ : /^$/,
    );
    parked.finish();
  });

  it('bounds what diamonds multiply to', async () => {
    let open: ((value: unknown) => void) | undefined;
    let last: Promise<unknown> = new Promise((resolve) => {
      open = resolve;
    });
    for (let i = 0; i < 40; i++) last = Promise.all([last, last]);
    const stack = extract(last);
    expect(JSON.stringify(stack)).toContain('ERR_ASYNCTB_MAX_FRAMES');
    expect(stack.format()).toContain('ERR_ASYNCTB_MAX_FRAMES');
    open?.(null);
    await expect(Promise.race([last, 1])).resolves.toBe(1);
  });
});

describe('extractOutermost', () => {
  it('P14 gives the first frame', async () => {
    const parked = await formNamed('await of await of await').park();
    const frame = extractOutermost(parked.target);
    expect(String(frame)).toBe(String(extract(parked.target).frames[0]));
    expect(frame.functionName).toBe('outer');
    await finishAll([parked]);
  });

  it('P14 throws when there is none', () => {
    expect(() => extractOutermost(Promise.resolve(1))).toThrow(
      expect.objectContaining({ code: 'ERR_ASYNCTB_NO_FRAME' }),
    );
  });
});

const wrongTypes: [string, unknown][] = [
  ['null', null],
  ['a string', 'text'],
  ['a number', 1],
  ['a boolean', true],
  ['a function', () => {}],
];

const parkedGenerator = (function* parked(): Generator<number> {
  yield 1;
})();

/** Each takes the options and passes them on. */
const takers: Record<string, (options: never) => unknown> = {
  extract: (options) => extract(42, options),
  extractMany: (options) => extractMany([42], options),
  extractOutermost: (options) => extractOutermost(42, options),
  extractSince: (options) => extractSince(null, options),
  extractUntil: (options) => extractUntil(null, options),
  callGraph: (options) => callGraph(42, options),
  inspectGenerator: (options) => inspectGenerator(parkedGenerator, options),
};

const invalid = (name: RegExp): unknown =>
  expect.objectContaining({
    name: 'TypeError',
    code: 'ERR_ASYNCTB_INVALID_ARG',
    message: expect.stringMatching(name) as unknown,
  });

const outOfRange = (name: RegExp): unknown =>
  expect.objectContaining({
    name: 'RangeError',
    code: 'ERR_ASYNCTB_OUT_OF_RANGE',
    message: expect.stringMatching(name) as unknown,
  });

describe('wrong arguments throw coded errors', () => {
  describe.each(Object.entries(takers))('%s', (_name, take) => {
    it.each(wrongTypes)('options that are %s', (_what, options) => {
      expect(() => take(options as never)).toThrow(invalid(/options/) as Error);
    });

    it.each(['resources', 'locals', 'recurseChildTasks', 'awaiters'])(
      '%s that is no boolean',
      (flag) => {
        for (const value of [1, 'true', null, {}]) {
          expect(() => take({ [flag]: value } as never)).toThrow(
            invalid(new RegExp(flag)) as Error,
          );
        }
      },
    );

    it('maxFrames that is no number, or no count', () => {
      for (const value of ['1', null, {}, 1n]) {
        expect(() => take({ maxFrames: value } as never)).toThrow(
          invalid(/maxFrames/) as Error,
        );
      }
      for (const value of [-1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
        expect(() => take({ maxFrames: value } as never)).toThrow(
          outOfRange(/maxFrames/) as Error,
        );
      }
    });
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a number', 1],
    ['an object', {}],
  ])('extractMany of %s', (_what, targets) => {
    expect(() => extractMany(targets as never)).toThrow(
      invalid(/targets/) as Error,
    );
  });

  it('P10 delimiters that are no functions', () => {
    for (const value of [1, 'main', {}, undefined, true]) {
      expect(() => extractSince(value as never)).toThrow(
        invalid(/outer/) as Error,
      );
      expect(() => extractUntil(value as never)).toThrow(
        invalid(/inner/) as Error,
      );
    }
  });

  it('P10 limits that are no counts', () => {
    for (const limit of ['1', null, {}, true]) {
      expect(() => extractUntil(null, { limit } as never)).toThrow(
        invalid(/limit/) as Error,
      );
    }
    for (const limit of [-1, 0.5, Number.NaN]) {
      expect(() => extractUntil(null, { limit })).toThrow(
        outOfRange(/limit/) as Error,
      );
    }
  });

  it.each([dump, dumpAsync])('%o', async (take) => {
    const attempt = async (options: unknown): Promise<unknown> => {
      try {
        return await take(options as never);
      } catch (error) {
        return error;
      }
    };
    for (const options of [null, 'text', 1]) {
      expect(await attempt(options)).toEqual(invalid(/options/));
    }
    for (const [name, value] of [
      ['timeoutMs', '1'],
      ['threads', 0],
      ['threads', ['0']],
      ['threads', [0.5]],
      ['locals', 1],
      ['showInternalFrames', 'yes'],
      ['maxTasks', '1'],
    ] as const) {
      expect(await attempt({ [name]: value })).toEqual(
        invalid(new RegExp(name)),
      );
    }
    for (const [name, value] of [
      ['timeoutMs', 0],
      ['timeoutMs', -1],
      ['timeoutMs', Number.NaN],
      ['maxTasks', -1],
      ['maxTasks', 0.5],
    ] as const) {
      expect(await attempt({ [name]: value })).toEqual(
        outOfRange(new RegExp(name)),
      );
    }
  });

  it('the second tier', () => {
    for (const value of [null, undefined, 1, {}, Promise.resolve()]) {
      expect(() => inspectGenerator(value as never)).toThrow(
        invalid(/generator/) as Error,
      );
    }
    for (const value of [null, undefined, 1, {}, parkedGenerator]) {
      expect(() => promiseReactions(value as never)).toThrow(
        invalid(/promise/) as Error,
      );
    }
    for (const value of [null, undefined, 1, {}]) {
      expect(() => functionId(value as never)).toThrow(invalid(/fn/) as Error);
    }
  });

  it('of formatters', () => {
    const stack = extract(parkedGenerator);
    for (const options of [null, 1, 'text']) {
      expect(() => stack.format(options as never)).toThrow(
        invalid(/options/) as Error,
      );
      expect(() => stack.formatFlat(options as never)).toThrow(
        invalid(/options/) as Error,
      );
    }
    for (const name of ['asciiOnly', 'showResources', 'locals', 'cwd']) {
      expect(() => stack.format({ [name]: 1 })).toThrow(
        invalid(new RegExp(name)) as Error,
      );
    }
  });

  it('undefined options stand for the defaults', () => {
    const stack = extract(parkedGenerator, {
      resources: undefined,
      locals: undefined,
      maxFrames: undefined,
      awaiters: undefined,
      recurseChildTasks: undefined,
    });
    expect(stack.length).toBe(1);
  });
});
