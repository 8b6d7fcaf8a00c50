// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import /*@cycle-a-import*/'./cycle-b.mjs';
import { gate } from './gates.mjs';

/*@cycle-a*/await gate('a');
