// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run check:types`: what publint and @arethetypeswrong/cli say of the packed package. It needs no
 * binaries, so it takes seconds; `npm run check:prebuilds` does the same among much else.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from './lib/consumer';
import { PACKAGE_LINTS } from './lib/package-lints';
import { projectRoot } from './lib/suite';
import { totalsLine } from './lib/totals';

const scratch = mkdtempSync(join(tmpdir(), 'asynctb-package-'));
let failed = 0;
try {
  const { file } = pack(projectRoot, scratch);
  for (const { name, lint } of PACKAGE_LINTS) {
    const found = lint(file);
    if (found !== '') failed++;
    console.log(found === '' ? `ok      ${name}` : `FAILED  ${name}\n${found}`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
const passed = PACKAGE_LINTS.length - failed;
console.log(`\n${totalsLine({ passed, failed, skipped: 0 })}`);
process.exitCode = failed === 0 ? 0 : 1;
