// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the real compilers make of `using` for targets without it. */

import { transformSync as swc } from '@swc/core';
import { transformSync as esbuild } from 'esbuild';
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

export const source = readFileSync(`${resourcesDirectory}source.js`, 'utf8');

function typescript(options: ts.CompilerOptions): string {
  return ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, ...options },
  }).outputText;
}

function byBabel(...plugins: object[]): string {
  const proposal =
    require.resolve('@babel/plugin-proposal-explicit-resource-management');
  return babel(source, {
    configFile: false,
    babelrc: false,
    sourceType: 'script',
    plugins: [...plugins, proposal],
  }).code;
}

/** Babel asks which helpers it may use: older releases had no other than the one with a list. */
const olderHelpers = () => ({
  pre(file: BabelFile) {
    const has = file.availableHelper.bind(file);
    file.availableHelper = (name, versions) =>
      name !== 'usingCtx' && has(name, versions);
  },
});

export const compilers: Record<string, () => string> = {
  TypeScript: () => typescript({ target: ts.ScriptTarget.ES2022 }),
  'TypeScript with importHelpers': () =>
    `${typescript({ target: ts.ScriptTarget.ES2022, importHelpers: true })}`,
  esbuild: () => esbuild(source, { target: 'es2022' }).code,
  'esbuild with minifySyntax': () =>
    esbuild(source, { target: 'es2022', minifySyntax: true }).code,
  'esbuild with minifyWhitespace': () =>
    esbuild(source, { target: 'es2022', minifyWhitespace: true }).code,
  Babel: () => byBabel(),
  'Babel with the older helper': () => byBabel(olderHelpers),
  SWC: () =>
    swc(source, {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'ecmascript', explicitResourceManagement: true },
      },
      isModule: false,
    }).code,
};

/** With the way back to the source at its end. */
export const withSourceMap = (): string =>
  typescript({ target: ts.ScriptTarget.ES2022, inlineSourceMap: true });

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
  const code = `${typescript({ target: ts.ScriptTarget.ES2022 })}
module.exports = { __addDisposableResource, __disposeResources };`;
  return runCompiled(code, 'helpers.js');
}
