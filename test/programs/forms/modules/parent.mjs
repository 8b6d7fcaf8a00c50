// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { value } from './child.mjs';

export const doubled = [value, value];
