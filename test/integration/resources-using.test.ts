// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { capabilities } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { describeForms } from '../support/describe-forms';
import { loadResourceForms } from '../support/resources';

// A question to V8: without the syntax the file does not even compile.
const hasUsing = capabilities().resources.available;

describe.runIf(hasUsing)('using declarations', () => {
  if (!hasUsing) return;
  for (const [group, forms] of Object.entries(loadResourceForms('using'))) {
    describeForms(group, forms);
  }
});

describe.runIf(!hasUsing)('without using declarations', () => {
  it('P20 the capability says why', () => {
    expect(capabilities().resources.reason).toBe(
      'this V8 has no `using` declarations',
    );
  });
});
