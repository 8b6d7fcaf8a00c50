// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * For `-r`: compiles `hooked.cjs`, which is TypeScript, in memory when it is loaded, with the map in its
 * text, as ts-node, esbuild-register and @swc-node/register do.
 */

const { readFileSync } = require('node:fs');
const Module = require('node:module');

const compilers = {
  typescript(source, filename) {
    const ts = require('typescript');
    return ts.transpileModule(source, {
      fileName: filename,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.CommonJS,
        inlineSourceMap: true,
        inlineSources: true,
      },
    }).outputText;
  },
  esbuild(source, filename) {
    return require('esbuild').transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      sourcemap: 'inline',
      sourcefile: filename,
    }).code;
  },
  swc(source, filename) {
    return require('@swc/core').transformSync(source, {
      filename,
      sourceMaps: 'inline',
      module: { type: 'commonjs' },
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    }).code;
  },
};

const load = Module._extensions['.js'];
Module._extensions['.cjs'] = (module, filename) => {
  if (!filename.endsWith('hooked.cjs')) {
    load(module, filename);
    return;
  }
  const compile = compilers[process.env.COMPILER];
  module._compile(compile(readFileSync(filename, 'utf8'), filename), filename);
};
