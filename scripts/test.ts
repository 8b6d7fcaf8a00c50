// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm test`: runs vitest with whatever arguments follow, and closes with a line of its own,
 * `N passed, N failed`. It fails when a test fails, and when there was none.
 */

import { runSuite } from './lib/suite';
import { totalsLine } from './lib/totals';

const totals = runSuite(process.argv.slice(2));
console.log(totalsLine(totals));
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
