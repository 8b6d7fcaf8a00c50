// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { extract } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { expectStack } from './assert-stack';
import type { Form } from './forms';

/**
 * One test a form: its stack is the expected one, and afterwards the program goes on as if
 * nobody had looked.
 */
export function describeForms(title: string, forms: readonly Form[]): void {
  describe(title, () => {
    it.each(forms)('$name', async (form) => {
      const parked = await form.park();
      expectStack(extract(parked.target), form.expected);
      parked.gate?.resolve('opened');
      expect(await parked.finish()).toEqual(form.result);
    });
  });
}
