// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { AsynctbError, joinErrors, reasonOf } from '../../lib/base/errors';

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

describe('several errors of one extraction', () => {
  const late = () => new AsynctbError('ERR_ASYNCTB_TIMED_OUT', 'too late');
  const other = new AsynctbError('ERR_ASYNCTB_TIMED_OUT', 'much too late');
  const ofProgram = () => new Error('too late');

  it('are none, or the one that there is', () => {
    const one = late();
    expect(joinErrors([])).toBeNull();
    expect(joinErrors([one])).toBe(one);
  });

  it('of ours that say the same are told once', () => {
    const one = late();
    expect(joinErrors([one, late()])).toBe(one);
    expect(joinErrors([one, other])).toMatchObject({ errors: [one, other] });
  });

  it('of the program are told as often as they were thrown', () => {
    const one = ofProgram();
    const two = ofProgram();
    expect(joinErrors([one, two, one])).toMatchObject({ errors: [one, two] });
  });

  it('are one list, however they came together', () => {
    const [one, two] = [late(), ofProgram()];
    const both = joinErrors([one, two]) as Error;
    expect(joinErrors([both, other])).toMatchObject({
      errors: [one, two, other],
      message: '3 errors while extracting',
    });
  });
});
