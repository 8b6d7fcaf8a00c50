// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Async functions that a compiler has made generators of are tasks, as those of the engine are. */

import { transformSync as bySwc } from '@swc/core';
import { transformSync as byEsbuild } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

const { transformSync: byBabel } = createRequire(import.meta.url)(
  '@babel/core',
) as { transformSync(source: string, options: object): { code: string } };

interface Found {
  groups: { count: number; frames: string[] }[];
  extracted: string[];
}

const SOURCE = `async function outer(gate) {
  await middle(gate);
}
async function middle(gate) {
  await gate();
}
outer;
`;

const compilers = {
  TypeScript: () =>
    ts.transpileModule(SOURCE, {
      compilerOptions: { target: ts.ScriptTarget.ES2015 },
    }).outputText,
  Babel: () =>
    byBabel(SOURCE, {
      babelrc: false,
      configFile: false,
      plugins: ['@babel/plugin-transform-async-to-generator'],
    }).code,
  SWC: () => bySwc(SOURCE, { jsc: { target: 'es2016' }, isModule: false }).code,
  esbuild: () => byEsbuild(SOURCE, { target: 'es2016' }).code,
};

const programs = new Programs();
const scratch = mkdtempSync(join(tmpdir(), 'asynctb-compiled-'));
afterEach(() => programs.end());
afterAll(() => rmSync(scratch, { recursive: true }));

async function started(args: string[]) {
  const program = programs.start('compiled/runners.cjs', { args });
  await program.says('\n');
  const found = JSON.parse(program.stdout) as Found;
  return { ...found, bySignal: await program.dump() };
}

describe('async functions that were compiled', () => {
  it.each(Object.entries(compilers))(
    'by %s are one task, in every dump',
    async (name, compile) => {
      const code = compile();
      expect(code).toContain('function*');
      const file = join(scratch, `${name}.js`);
      writeFileSync(file, code);
      const { groups, extracted, bySignal } = await started([name, file]);
      expect(groups).toEqual([{ count: 1, frames: extracted }]);
      expect(extracted).toEqual([
        expect.stringMatching(/^generator .*yield middle\(gate\)/),
        expect.stringMatching(/^generator .*yield gate\(\)/),
      ]);
      expect(bySignal).toContain('1 suspended task at 1 place');
      expect(bySignal).toMatch(/yield middle\(gate\).*\n.*\n.*yield gate\(\)/u);
    },
  );
});

describe('a generator that is run', () => {
  it('by co is a task', async () => {
    const { groups, extracted } = await started(['co']);
    expect(extracted).toHaveLength(3);
    expect(groups).toEqual([{ count: 1, frames: extracted }]);
  });

  it("by the program's own runner is one as well", async () => {
    const { groups, bySignal } = await started(['byHand']);
    expect(groups).toEqual([
      {
        count: 1,
        frames: [
          'generator outer | yield run(middle());',
          'generator middle | yield gate();',
        ],
      },
    ]);
    expect(bySignal).toContain('╠ middle at ');
  });

  it('is none as long as it has not begun', async () => {
    const { groups } = await started(['idle']);
    expect(groups).toEqual([
      { count: 1, frames: ['callback done | function done() {'] },
    ]);
  });
});
