// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** That the union of codes, what the sources write and what the documents say are the same. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, isErrorCode } from '../../lib/base/error-codes';
import { AsynctbError, errorOf } from '../../lib/base/errors';
import { projectRoot } from '../../scripts/lib/suite';

const SOURCE = /\.(ts|cc|h|mjs)$/;
const CODE = /\bERR_ASYNCTB_\w+/g;

function sourcesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory())
      return entry.name === 'build' ? [] : sourcesIn(path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}

function codesIn(files: readonly string[]): string[] {
  const found = files.flatMap(
    (file) => readFileSync(file, 'utf8').match(CODE) ?? [],
  );
  return [...new Set(found)].sort();
}

describe('the codes of errors', () => {
  const known = [...ERROR_CODES].sort();

  it('are those that lib/, native/ and the wrappers of the package write', () => {
    const sources = [
      ...sourcesIn(join(projectRoot, 'lib')),
      ...sourcesIn(join(projectRoot, 'native')),
      join(projectRoot, 'rollup.config.mjs'),
    ].filter((file) => !file.endsWith('error-codes.ts'));
    expect(sources.length).toBeGreaterThan(100);
    expect(codesIn(sources)).toEqual(known);
  });

  it('are documented, each in a row with its cause and what to do', () => {
    const api = readFileSync(join(projectRoot, 'docs', 'api.md'), 'utf8');
    const rows = [
      ...api.matchAll(/^\| `(ERR_ASYNCTB_\w+)` \| ([^|]+) \| ([^|]+) \|$/gm),
    ];
    expect(rows.map(([, code]) => code).sort()).toEqual(known);
    for (const [row, , cause = '', remedy = ''] of rows) {
      expect(cause.trim().length, row).toBeGreaterThan(10);
      expect(remedy.trim().length, row).toBeGreaterThan(5);
    }
  });
});

describe('an error that comes as data', () => {
  it('is ours if its code is', () => {
    const error = errorOf('ERR_ASYNCTB_BLOCKED', 'in native code');
    expect(AsynctbError.is(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'ERR_ASYNCTB_BLOCKED',
      message: 'in native code',
    });
  });

  it.each(['ENOENT', 'ERR_ASYNCTB_OF_A_LATER_VERSION', '__proto__'])(
    'is the program’s with the code that it has: %s',
    (code) => {
      const error = errorOf(code, 'gone');
      expect(isErrorCode(code)).toBe(false);
      expect(AsynctbError.is(error)).toBe(false);
      expect(error).toMatchObject({ code, message: 'gone' });
    },
  );
});
