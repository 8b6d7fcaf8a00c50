// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import './cycle-a.mjs';
import { gate } from './gates.mjs';

/*@cycle-b*/await gate('b');
