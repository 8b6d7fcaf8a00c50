// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { gate } from './gates.mjs';

export const value = /*@child*/await gate('child');
