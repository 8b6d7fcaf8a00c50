// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm test`: checks the types, runs vitest with whatever arguments follow, and closes with a
 * line of its own, `N passed, N failed`. It fails when a test fails, and when there was none.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runSuite, typesAreRight } from './lib/suite';
import {
  failureLines,
  totalsLine,
  withFailure,
  type Totals,
} from './lib/totals';

const args = process.argv.slice(2);
const withTypes = !args.includes('--no-typecheck');
const typed = !withTypes || typesAreRight();
const counted = runSuite(args.filter((arg) => arg !== '--no-typecheck'));
const totals: Totals = typed
  ? counted
  : withFailure(counted, 'the types, as said above');
writeFileSync(
  join(projectRoot, '.cache', 'totals.json'),
  JSON.stringify(totals),
);
console.log(`\n${failureLines(totals)}${totalsLine(totals)}`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
