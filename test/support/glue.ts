// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** For tests of glue: programs that wait by way of a library, and what their stacks say of it. */

import { extract, type ExtractOptions, type Stack } from 'asynctb';
import { expect } from 'vitest';
import { loadProgram, runFormatters } from './forms';

export const { deferred, parked } = loadProgram<{
  deferred(): { promise: Promise<unknown>; resolve(value: unknown): void };
  parked(): Promise<void>;
}>('deferred.cjs');

/** Functions that wait, held so that nothing that is looked at is collected. */
const keep: unknown[] = [];

/** Starts a function and lets it run as far as it can by itself. */
export async function started(
  program: () => unknown,
): Promise<{ target: object }> {
  const target = program() as object;
  keep.push(target);
  // Whatever it waits for may fail when the test is over.
  if (target instanceof Promise) target.catch(() => {});
  await parked();
  await parked();
  // In an object: an async function that returned a promise would wait for it.
  return { target };
}

/** The stack of a function that waits, printed by every formatter. */
export async function waiting(
  program: () => unknown,
  options?: ExtractOptions,
): Promise<Stack> {
  const { target } = await started(program);
  const stack = extract(target, options);
  expect(() => runFormatters(stack)).not.toThrow();
  expect(stack.error).toBeNull();
  return stack;
}

/** The names of the frames that are not Node's own. */
export function visible(stack: Stack): string[] {
  return stack.frames
    .filter(({ internal, hide }) => !internal && !hide)
    .map(({ functionName }) => functionName);
}

/** What output says below the last frame. */
export function ending(stack: Stack): string {
  return (stack.format().split('\n').at(-1) ?? '').replace(/^╚ /, '');
}

export const NOTE = (note: string): string => `Promise { <pending> } (${note})`;
