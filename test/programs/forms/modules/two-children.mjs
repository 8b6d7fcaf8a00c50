// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { value } from /*@two-import*/'./child.mjs';
import { got } from './other-child.mjs';

export const both = [value, got];
