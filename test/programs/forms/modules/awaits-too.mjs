// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { value } from /*@too-import*/'./child.mjs';

export const awaited = await Promise.resolve(value);
