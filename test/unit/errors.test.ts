// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../lib/model/errors';

describe('what was thrown, in words', () => {
  it('is the message of an error', () => {
    expect(reasonOf(new RangeError('too much'))).toBe('too much');
  });

  it('is a text that somebody has thrown', () => {
    expect(reasonOf('as text')).toBe('as text');
  });

  it('is not asked of anything else', () => {
    const loud = {
      toString() {
        throw new Error('a method of the program ran');
      },
    };
    for (const thrown of [undefined, null, 5, Symbol('s'), loud]) {
      expect(reasonOf(thrown)).toBe('unknown reason');
    }
  });
});
