// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the real compilers make of `using` for targets without it. */

import { transformSync } from '@swc/core';
import { type TransformOptions, transformSync as esbuild } from 'esbuild';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { resourcesDirectory } from './resources';

const require = createRequire(import.meta.url);

// It comes without types.
interface BabelFile {
  availableHelper(name: string, versions?: string): boolean;
}
const { transformSync: babel } = require('@babel/core') as {
  transformSync(source: string, options: object): { code: string };
};

type Swc = (source: string, options: object) => { code: string };
// They need no binary of their own. Each had another helper.
const swc = transformSync as Swc;
const { transformSync: swc14 } = require('swc-1.4') as { transformSync: Swc };
const { transformSync: swc13 } = require('swc-1.3') as { transformSync: Swc };

const sourceFile = (name: string): string =>
  readFileSync(`${resourcesDirectory}${name}`, 'utf8');
export const source = sourceFile('source.js');
export const exitsSource = sourceFile('source-exits.js');

type Compile = (code: string) => string;

const typescript =
  (options: ts.CompilerOptions = {}): Compile =>
  (code) =>
    ts.transpileModule(code, {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        ...options,
      },
    }).outputText;

const byEsbuild =
  (options: TransformOptions = {}): Compile =>
  (code) =>
    esbuild(code, { target: 'es2022', ...options }).code;

const byBabel =
  (...plugins: object[]): Compile =>
  (code) => {
    const proposal =
      require.resolve('@babel/plugin-proposal-explicit-resource-management');
    return babel(code, {
      configFile: false,
      babelrc: false,
      sourceType: 'script',
      plugins: [...plugins, proposal],
    }).code;
  };

const bySwc =
  (transform: Swc): Compile =>
  (code) =>
    transform(code, {
      jsc: {
        target: 'es2022',
        parser: {
          syntax: 'ecmascript',
          explicitResourceManagement: true,
          usingDeclaration: true,
        },
      },
      isModule: false,
    }).code;

/** Babel asks which helpers it may use: older releases had no other than the one with a list. */
const olderHelpers = () => ({
  pre(file: BabelFile) {
    const has = file.availableHelper.bind(file);
    file.availableHelper = (name, versions) =>
      name !== 'usingCtx' && has(name, versions);
  },
});

export const compilers: Record<string, Compile> = {
  TypeScript: typescript(),
  'TypeScript with importHelpers': typescript({ importHelpers: true }),
  esbuild: byEsbuild(),
  'esbuild with minifySyntax': byEsbuild({ minifySyntax: true }),
  'esbuild with minifyWhitespace': byEsbuild({ minifyWhitespace: true }),
  Babel: byBabel(),
  'Babel with the older helper': byBabel(olderHelpers),
  SWC: bySwc(swc),
  'SWC 1.4': bySwc(swc14),
  'SWC 1.3': bySwc(swc13),
};

/** What a minifier then makes of it, once with the names of the helpers and once without. */
export const minifiers: Record<string, Compile> = {
  minify: (code) => byEsbuild({ minify: true })(typescript()(code)),
  'minify as a module': (code) =>
    byEsbuild({ minify: true, format: 'cjs' })(typescript()(code)),
};

/** With the way back to the source at its end. */
export const withSourceMap = (): string =>
  typescript({ inlineSourceMap: true })(source);

/** Runs a compiled module; `tslib` stands for TypeScript's own helpers. */
export function runCompiled<Exports>(code: string, filename: string): Exports {
  const module = { exports: {} };
  const requireFrom = (name: string): unknown =>
    name === 'tslib' ? helpers() : require(name);
  const run = compileFunction(code, ['module', 'exports', 'require'], {
    filename,
  }) as (module: object, exports: object, from: typeof requireFrom) => void;
  run(module, module.exports, requireFrom);
  return module.exports as Exports;
}

function helpers(): unknown {
  const code = `${typescript()(source)}
module.exports = { __addDisposableResource, __disposeResources };`;
  return runCompiled(code, 'helpers.js');
}
