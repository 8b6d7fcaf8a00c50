// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkProgram } from '../../scripts/torture/programs';
import { featuresOf } from '../../scripts/torture/builder';
import { generate } from '../../scripts/torture/program';
import { projectRoot } from '../../scripts/lib/suite';

/** `npm run torture` tries thousands of these; here stand a few that are the same each time. */
describe('generated programs', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'asynctb-generated-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('are the same for the same seed', () => {
    const features = featuresOf('24.0.0');
    expect(generate(17, features)).toEqual(generate(17, features));
    expect(generate(17, features).text).not.toBe(generate(18, features).text);
  });

  it.each([1, 3, 4, 5, 7, 8])(
    'what is found of program %d is what its model says',
    async (seed) => {
      const subject = {
        version: process.versions.node,
        node: process.execPath,
        root: projectRoot,
        register: join(projectRoot, 'dist', 'register.js'),
      };
      expect(await checkProgram(seed, subject, folder)).toBeNull();
    },
  );
});
