// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Programs that a bundler has put asynctb into: they start, and asynctb works or says what to do. */

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';

const PROGRAM = `
import 'asynctb/register';
import { capabilities, extract } from 'asynctb';
async function inner() { await new Promise((wake) => setTimeout(wake, 60_000)); }
async function outer() { await inner(); }
let names = [];
try {
  names = extract(outer()).frames.map((frame) => frame.functionName);
} catch (error) {
  names = [error.code];
}
console.log(JSON.stringify({ names, native: capabilities().native }));
process.exit(0);
`;
const REQUIRING = PROGRAM.replace(
  "import 'asynctb/register';",
  "require('asynctb/register');",
).replace(
  "import { capabilities, extract } from 'asynctb';",
  "const { capabilities, extract } = require('asynctb');",
);

interface Printed {
  names: string[];
  native: { available: boolean; reason?: string };
}

let directory = '';
let modules = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'asynctb-bundles-'));
  modules = join(directory, 'node_modules');
  mkdirSync(modules);
  symlinkSync(projectRoot, join(modules, 'asynctb'));
  writeFileSync(join(directory, 'package.json'), '{"private": true}\n');
  writeFileSync(join(directory, 'program.mjs'), PROGRAM);
  writeFileSync(join(directory, 'program.cjs'), REQUIRING);
  // A file of the program's own with the name of one of ours.
  writeFileSync(
    join(directory, 'index.js'),
    "throw new Error('not to be loaded');\n",
  );
});

afterAll(() => rmSync(directory, { recursive: true }));

function run(file: string): { printed: Printed; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    cwd: directory,
    encoding: 'utf8',
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({
    status: 0,
    stderr: '',
  });
  return { printed: JSON.parse(stdout) as Printed, errors: stderr };
}

async function byEsbuild(entry: string, output: string): Promise<void> {
  await build({
    absWorkingDir: directory,
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    platform: 'node',
    format: output.endsWith('.cjs') ? 'cjs' : 'esm',
    logLevel: 'silent',
  });
}

async function byRollup(entry: string, output: string): Promise<void> {
  const bundle = await rollup({
    input: join(directory, entry),
    plugins: [
      {
        name: 'find asynctb',
        resolveId: (id) => {
          const [, name] = /^asynctb(?:\/(.+))?$/.exec(id) ?? [];
          return id.startsWith('asynctb')
            ? join(modules, 'asynctb', 'dist', `${name ?? 'index'}.mjs`)
            : null;
        },
      },
    ],
    onwarn: () => {},
  });
  await bundle.write({
    file: join(directory, output),
    format: output.endsWith('.cjs') ? 'cjs' : 'es',
  });
}

describe.each([
  ['esbuild', 'program.mjs', 'out.mjs', byEsbuild],
  ['esbuild', 'program.mjs', 'out.cjs', byEsbuild],
  ['esbuild', 'program.cjs', 'out.mjs', byEsbuild],
  ['esbuild', 'program.cjs', 'out.cjs', byEsbuild],
  ['rollup', 'program.mjs', 'out.mjs', byRollup],
  ['rollup', 'program.mjs', 'out.cjs', byRollup],
] as const)('%s of %s to %s', (_bundler, entry, output, bundle) => {
  it('works with the package beside it', async () => {
    await bundle(entry, output);
    const { printed } = run(output);
    expect(printed).toEqual({
      names: ['outer', 'inner'],
      native: { available: true, via: 'the addon' },
    });
  });

  it('starts without it, and says in one line what to mark as external', async () => {
    await bundle(entry, output);
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere, { recursive: true });
    cpSync(join(directory, output), join(elsewhere, output));
    renameSync(modules, `${modules}-away`);
    try {
      const { printed, errors } = run(join('elsewhere', output));
      expect(printed.names).toEqual(['ERR_ASYNCTB_UNSUPPORTED']);
      expect(printed.native.available).toBe(false);
      const lines = errors.split('\n').filter((line) => line !== '');
      expect(lines.length).toBe(1);
      expect(lines[0]).toMatch(/^asynctb .*mark 'asynctb' as external/);
    } finally {
      renameSync(`${modules}-away`, modules);
    }
  });
});

describe('a bundle of the CommonJS files themselves', () => {
  it('starts, and says what to mark as external', async () => {
    await build({
      absWorkingDir: directory,
      entryPoints: ['program.cjs'],
      outfile: 'inlined.cjs',
      bundle: true,
      platform: 'node',
      format: 'cjs',
      // So that `module` of package.json has no say.
      conditions: ['require'],
      mainFields: ['main'],
      logLevel: 'silent',
    });
    expect(readFileSync(join(directory, 'inlined.cjs'), 'utf8')).toContain(
      'no native binary of asynctb',
    );
    const { printed } = run('inlined.cjs');
    expect(printed.names).toEqual([]);
    expect(printed.native.reason).toMatch(/mark 'asynctb' as external/);
  });
});
