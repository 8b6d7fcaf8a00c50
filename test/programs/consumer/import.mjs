// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { createRequire } from 'node:module';
import * as asynctb from 'asynctb';
import 'asynctb/explain';
import 'asynctb/lowlevel';
import report from './frames.cjs';

const required = createRequire(import.meta.url)('asynctb');
if (required.extract !== asynctb.extract) {
  throw new Error('import and require give two copies of the package');
}
report(asynctb);
