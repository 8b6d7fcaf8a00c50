// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { findFiles } from '../../scripts/test262/files';
import { readFrontmatter } from '../../scripts/test262/frontmatter';
import { outcomeOf } from '../../scripts/test262/run';

const FILES: Readonly<Record<string, string>> = {
  'harness/assert.js': `function assert(value) { if (value !== true) throw new Test262Error('assert'); }`,
  'harness/sta.js': `class Test262Error extends Error {} function $DONOTEVALUATE() { throw 1; }`,
  'harness/doneprintHandle.js': `function $DONE(error) { print(error ? 'Test262:AsyncTestFailure:' + error.name + ': ' + error.message : 'Test262:AsyncTestComplete'); }`,
  'harness/extra.js': `const extra = 42;`,
  'test/language/expressions/await/passes.js': `/*---\nflags: [async]\nincludes: [extra.js]\n---*/\n(async () => { assert(await extra === 42); })().then($DONE, $DONE);`,
  'test/language/expressions/await/fails.js': `/*---\nflags: [async]\n---*/\n(async () => { assert(await false); })().then($DONE, $DONE);`,
  'test/language/statements/async-function/early.js': `/*---\nnegative:\n  phase: parse\n  type: SyntaxError\n---*/\n$DONOTEVALUATE();\nasync function f() { await; }`,
  'test/language/statements/async-function/mode.js': `/*---\nflags: [noStrict]\n---*/\nassert((function () { return this; })() === globalThis);`,
  'test/language/module-code/top-level-await/module.js': `/*---\nflags: [module]\n---*/\nimport { value } from './dependency_FIXTURE.js';\nassert(await value === 1);`,
  'test/language/module-code/top-level-await/dependency_FIXTURE.js': `export const value = await Promise.resolve(1);`,
  'test/built-ins/Promise/throws.js': `assert(Promise.length === 2);`,
  'test/language/types/number.js': ``,
};

describe('the runner of test262', () => {
  let checkout: string;

  beforeAll(() => {
    checkout = mkdtempSync(join(tmpdir(), 'asynctb-test262-'));
    for (const [file, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(checkout, file)), { recursive: true });
      writeFileSync(join(checkout, file), text);
    }
  });
  afterAll(() => {
    rmSync(checkout, { recursive: true });
  });

  it('finds what is about promises, async functions and generators', () => {
    expect(findFiles(checkout, '')).toEqual([
      'test/built-ins/Promise/throws.js',
      'test/language/expressions/await/fails.js',
      'test/language/expressions/await/passes.js',
      'test/language/module-code/top-level-await/module.js',
      'test/language/statements/async-function/early.js',
      'test/language/statements/async-function/mode.js',
    ]);
    expect(findFiles(checkout, 'passes')).toHaveLength(1);
  });

  it('reads what stands at the head of a file', () => {
    expect(
      readFrontmatter(
        '/*---\nflags: [async, module]\nincludes:\n  - a.js\n  - b.js\nnegative:\n  phase: runtime\n  type: Test262Error\n---*/',
      ),
    ).toEqual({
      flags: new Set(['async', 'module']),
      includes: ['a.js', 'b.js'],
      negative: { phase: 'runtime', type: 'Test262Error' },
    });
  });

  it.each([
    [
      'test/language/expressions/await/passes.js',
      'sloppy passed, strict passed',
    ],
    [
      'test/language/expressions/await/fails.js',
      'sloppy Test262:AsyncTestFailure:Error: assert, strict Test262:AsyncTestFailure:Error: assert',
    ],
    [
      'test/language/statements/async-function/early.js',
      'sloppy passed, strict passed',
    ],
    ['test/language/statements/async-function/mode.js', 'sloppy passed'],
    ['test/language/module-code/top-level-await/module.js', 'strict passed'],
    [
      'test/built-ins/Promise/throws.js',
      'sloppy run throws Test262Error, strict run throws Test262Error',
    ],
  ])('%s: %s, without dumps and with them', async (file, outcome) => {
    const place = { node: process.execPath, root: projectRoot };
    expect(await outcomeOf(checkout, file, place, false)).toBe(outcome);
    expect(await outcomeOf(checkout, file, place, true)).toBe(outcome);
  });
});
