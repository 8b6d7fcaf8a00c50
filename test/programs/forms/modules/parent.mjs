// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { value } from /*@parent-import*/'./child.mjs';

export const doubled = [value, value];
