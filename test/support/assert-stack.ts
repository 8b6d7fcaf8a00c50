// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Stack } from 'asynctb';
import { expect } from 'vitest';
import { describeStack, runFormatters } from './forms';

export { runFormatters };

/**
 * Compares a stack with a block as `describeStack` writes it, and has every formatter print it.
 * When it differs, the block that would be right is printed ready to paste.
 */
export function expectStack(stack: Stack, expected: string): void {
  expectBlock(describeStack(stack), expected);
  expect(() => runFormatters(stack)).not.toThrow();
}

/** An empty block stands for a stack without frames, leaves or an error. */
export function expectBlock(actual: string, expected: string): void {
  const block = actual === '' ? '(no frames)' : actual;
  expect(block, `the stack is another one; it is\n\n${block}\n`).toBe(
    expected.trim(),
  );
}
