// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { offerFormats } from '../model/formats.js';
import { FORMATS } from './formats.js';

/** By a function: most programs never print anything, and load no format. */
export function offerAllFormats(): void {
  offerFormats(() => FORMATS);
}
