// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Test runners: their own frames stand around every test, and say nothing of it. */

import { RegExpTest } from '../base/patterns.js';
import { StringPrototypeIncludes } from '../base/primordials.js';

/** What node:test does is Node's own code, which is left out anyway. */
const PACKAGES =
  /[\\/]node_modules[\\/](?:@vitest[\\/]runner|vitest|vite-node|tinypool|mocha|jest-circus|jest-jasmine2|ava|tape|tap|@tapjs[\\/][^\\/]+|uvu)[\\/]/;

/**
 * Whether frames there are hidden. Nobody but the runner can name its functions, so they are known by
 * where they are installed.
 */
export function isOfTestRunner({
  scriptName,
}: {
  readonly scriptName: string;
}): boolean {
  // V8 compiles an expression at its first use, which most programs need not pay for.
  return (
    StringPrototypeIncludes(scriptName, 'node_modules') &&
    RegExpTest(PACKAGES, scriptName)
  );
}
