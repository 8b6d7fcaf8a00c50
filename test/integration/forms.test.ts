// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describeForms } from '../support/describe-forms';
import { loadForms } from '../support/forms';

for (const [file, what] of [
  ['generators', 'generators'],
  ['functions', 'async functions'],
  ['promises', 'promises'],
  ['combinators', 'combinators'],
  ['for-await', 'for await'],
] as const) {
  for (const [group, forms] of Object.entries(loadForms(file))) {
    describeForms(`${what}: ${group}`, forms);
  }
}
