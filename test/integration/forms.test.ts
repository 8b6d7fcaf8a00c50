// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describeForms } from '../support/describe-forms';
import { formFiles, loadForms } from '../support/forms';

for (const [file, what] of Object.entries(formFiles)) {
  for (const [group, forms] of Object.entries(loadForms(file))) {
    describeForms(`${what}: ${group}`, forms);
  }
}
