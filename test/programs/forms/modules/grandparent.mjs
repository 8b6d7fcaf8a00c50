// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { doubled } from /*@grandparent-import*/'./parent.mjs';

export const result = doubled;
