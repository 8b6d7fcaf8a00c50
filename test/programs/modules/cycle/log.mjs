// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { fmt } from './fmt.mjs';

export const log = fmt;
