// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { gate } from './gates.mjs';
import { helper } from './helper.mjs';

const got = /*@other-child*/await helper(gate('other'));
export { got };
