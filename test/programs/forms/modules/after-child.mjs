// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { value } from /*@after-import*/'./child.mjs';
import { gate } from './gates.mjs';

for await (const /*@after-loop*/item of [value, gate('after')]) void item;
export const after = /*@after*/await gate('later');
