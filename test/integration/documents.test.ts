// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Runs the programs of the documents, each by itself, and compares what they print. */

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';

/** Of docs/: what `files` in package.json lists. */
const SHIPPED = [
  'api.md',
  'benchmarks.md',
  'customizing.md',
  'on-call.md',
  'privacy.md',
  'rules.md',
];

const PROGRAM = /^```js\n(\/\/ (\S+)\n[^]*?)^```\n\n```\n([^]*?)^```$/gm;

interface Page {
  readonly path: string;
  readonly text: string;
  readonly programs: { name: string; code: string; output: string }[];
}

const pages = [
  'README.md',
  'docs/api.md',
  'docs/customizing.md',
  'docs/rules.md',
].map((path): Page => {
  const text = readFileSync(join(projectRoot, path), 'utf8');
  const programs = [...text.matchAll(PROGRAM)].map(
    ([, code = '', name = '', output = '']) => ({ name, code, output }),
  );
  return { path, text, programs };
});

// In the project, so that its own name leads to the package that was built.
const cache = join(projectRoot, '.cache');
let directory = '';
beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  directory = mkdtempSync(join(cache, 'documents-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(pages)('$path', ({ text, programs }) => {
  it('has no program that is not run', () => {
    expect(programs.length).toBeGreaterThan(0);
    expect(programs).toHaveLength(text.match(/^```js$/gm)?.length ?? 0);
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

describe('the links of the documents that the package holds', () => {
  const shipped = readdirSync(join(projectRoot, 'docs'))
    .filter((name) => SHIPPED.includes(name))
    .map((name) => `docs/${name}`);

  it.each(['README.md', ...shipped])('%s leads to what is there', (path) => {
    const text = readFileSync(join(projectRoot, path), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(
      ([, link = '']) => join(path, '..', link),
    );
    const inPackage = new Set([
      'README.md',
      'docs/dump.schema.json',
      'docs/rules.schema.json',
      ...shipped,
    ]);
    expect(links.filter((link) => !inPackage.has(link))).toEqual([]);
  });
});
