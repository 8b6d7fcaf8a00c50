// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Runs the programs of docs/customizing.md, each by itself, and compares what they print. */

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';

const PROGRAM = /^```js\n(\/\/ (\S+)\n[^]*?)^```\n\n```\n([^]*?)^```$/gm;

const page = readFileSync(join(projectRoot, 'docs', 'customizing.md'), 'utf8');
const programs = [...page.matchAll(PROGRAM)].map(
  ([, code = '', name = '', output = '']) => ({ name, code, output }),
);

// In the project, so that its own name leads to the package that was built.
const cache = join(projectRoot, '.cache');
let directory = '';
beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  directory = mkdtempSync(join(cache, 'customizing-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('docs/customizing.md', () => {
  it('has no program that is not run', () => {
    expect(programs.length).toBeGreaterThan(5);
    expect(programs).toHaveLength(page.match(/^```js$/gm)?.length ?? 0);
  });

  it.each(programs)(
    '$name prints what the page says',
    ({ name, ...program }) => {
      const file = join(directory, name);
      writeFileSync(file, program.code);
      const printed = execFileSync(process.execPath, [file], {
        cwd: directory,
        encoding: 'utf8',
      });
      expect(printed, `it prints\n\n${printed}`).toBe(program.output);
    },
  );
});
