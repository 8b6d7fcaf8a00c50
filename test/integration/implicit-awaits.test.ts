// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { capabilities } from 'asynctb';
import { beforeAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Waiting {
  name: string;
  /** The line that is marked. */
  line: string;
  extracted: string;
  dumped: string;
  /** From the column on. */
  at: string;
  isOfItsLine: boolean;
}

describe.runIf(capabilities().positions.available)(
  'a function that waits without an await',
  () => {
    let found: Waiting[] = [];
    beforeAll(async () => {
      found = await runForJson<Waiting[]>('implicit-awaits.cjs');
    });

    it('stands where control is, in stacks and in dumps', () => {
      expect(found.length).toBeGreaterThanOrEqual(17);
      for (const { name, line, extracted, dumped, isOfItsLine } of found) {
        expect({ name, extracted, dumped, isOfItsLine }).toEqual({
          name,
          extracted: line,
          dumped: line,
          isOfItsLine: true,
        });
      }
    });

    it('stands at the return, the loop or what leaves it', () => {
      for (const { name, at } of found) {
        expect(`${name}: ${at}`).toMatch(
          /: (?:return|break|for await|await|yield|item of)/,
        );
      }
    });
  },
);
