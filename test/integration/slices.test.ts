// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  AsynctbError,
  extract,
  type Stack,
  StackSlice,
  unwrapItem,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import { expectStack } from '../support/assert-stack';
import { hookPrograms, namesOf, registering } from '../support/hooks';

const { Box, innermost, started } = hookPrograms;

const register = registering();

describe('P10 StackSlice', () => {
  const { first, second, third } = hookPrograms;
  const sliced = (slice: () => StackSlice): Stack => {
    const stack = first(() => extract(slice())) as Stack;
    return stack;
  };
  const tokens = { first, second, third } as unknown as Record<
    'first' | 'second' | 'third',
    () => void
  >;

  it('P10 from outer to the caller, the limit keeps the outermost', () => {
    const whole = sliced(() => new StackSlice({ outer: tokens.first }));
    expect(namesOf(whole).slice(0, 3)).toEqual(['first', 'second', 'third']);
    expect(whole.frames.at(-1)?.scriptName).toMatch(/slices\.test\.ts$/);
    expectStack(
      sliced(() => new StackSlice({ outer: tokens.first, limit: 2 })),
      'function first @first running\nfunction second @second running',
    );
  });

  it('P10 down to inner, the limit keeps the innermost', () => {
    expectStack(
      sliced(() => new StackSlice({ inner: tokens.third, limit: 2 })),
      'function second @second running\nfunction third @third running',
    );
    expectStack(
      sliced(
        () =>
          new StackSlice({
            outer: tokens.first,
            inner: tokens.second,
            limit: 9,
          }),
      ),
      'function first @first running\nfunction second @second running',
    );
  });

  it('P10 without either: all of the stack; a limit of 0: nothing', () => {
    expect(sliced(() => new StackSlice()).length).toBeGreaterThan(4);
    for (const inner of [null, tokens.third]) {
      expectStack(
        sliced(() => new StackSlice({ inner, limit: 0 })),
        '(no frames)',
      );
    }
    expectStack(
      sliced(
        () => new StackSlice({ outer: tokens.third, inner: tokens.first }),
      ),
      '(no frames)',
    );
  });

  it('P10 from a hook: the frames to the caller of extract', () => {
    register(
      unwrapItem.register(Box, () => [
        new StackSlice({ outer: tokens.second, inner: tokens.third }),
        started(innermost),
      ]),
    );
    expectStack(
      first(() => extract(new Box(1))) as Stack,
      `
function second @second running
function third @third running
generator innermost @innermost`,
    );
  });

  it('P10 of what does not run: an error', () => {
    const stack = extract(new StackSlice({ outer: tokens.first }));
    expectStack(stack, 'error ERR_ASYNCTB_NOT_RUNNING');
    expect(stack.error).toBeInstanceOf(AsynctbError);
  });

  it.each([
    ['outer', { outer: 'first' }],
    ['inner', { inner: 1 }],
    ['limit', { limit: '1' }],
    ['limit', { limit: -1 }],
    ['options', null],
  ])('P10 a wrong %s throws', (name, options) => {
    expect(() => new StackSlice(options as never)).toThrow(name);
  });
});
