// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Three public entries as CommonJS that share their chunks, so that state exists once however
 * the package is loaded; an ESM wrapper and its types for each; and the formatters once more as
 * one self-contained script, which the watcher thread evaluates in a bare V8 context.
 */

import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, resolve } from 'node:path';
import { transform } from 'esbuild';

const manifest = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
);
const external = (id) =>
  id.startsWith('node:') ||
  builtinModules.includes(id) ||
  id in manifest.dependencies;

/** TypeScript without its types; imports may be written with `.js` or with no ending. */
const typescript = {
  name: 'typescript',
  resolveId(id, importer) {
    if (!id.startsWith('.') || importer === undefined) return null;
    const path = resolve(dirname(importer), id);
    return [path, `${path}.ts`, path.replace(/\.js$/, '.ts')].find(
      (file) => file.endsWith('.ts') && existsSync(file),
    );
  },
  async transform(code, id) {
    if (!id.endsWith('.ts')) return null;
    const result = await transform(code, {
      loader: 'ts',
      target: 'node18',
      sourcefile: id,
      sourcemap: 'external',
      tsconfigRaw: {
        compilerOptions: {
          verbatimModuleSyntax: true,
          useDefineForClassFields: true,
          target: 'es2022',
        },
      },
    });
    return { code: result.code, map: result.map };
  },
};

/**
 * The ESM side of an entry. `require` rather than an import of the CommonJS file: Node would
 * first search its text for the names of exports, which takes longer than loading it (on
 * Node 20, 10 ms longer).
 */
function wrapperOf({ name, exports }) {
  return [
    "import { createRequire } from 'node:module';",
    exports.length === 0
      ? `createRequire(import.meta.url)('./${name}.js');`
      : `const entry = createRequire(import.meta.url)('./${name}.js');\nexport const { ${exports.join(', ')} } = entry;`,
    '',
  ].join('\n');
}

/** `index.mjs` and `types/index.d.mts` beside `index.js` and `types/index.d.ts`. */
const esmWrappers = {
  name: 'esm-wrappers',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk' || !chunk.isEntry) continue;
      const { name } = chunk;
      this.emitFile({
        type: 'asset',
        fileName: `${name}.mjs`,
        source: wrapperOf(chunk),
      });
      this.emitFile({
        type: 'asset',
        fileName: `types/${name}.d.mts`,
        source:
          chunk.exports.length === 0
            ? 'export {};\n'
            : `export * from './${name}.js';\n`,
      });
    }
  },
};

const failOnWarning = (warning) => {
  throw new Error(warning.message);
};

export default [
  {
    input: {
      index: 'lib/index.ts',
      lowlevel: 'lib/lowlevel.ts',
      register: 'lib/register.ts',
    },
    external,
    plugins: [typescript, esmWrappers],
    onwarn: failOnWarning,
    output: {
      dir: 'dist',
      format: 'cjs',
      exports: 'named',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[name].js',
      generatedCode: { preset: 'es2015', symbols: false },
      esModule: true,
      externalLiveBindings: false,
    },
  },
  {
    input: 'lib/format/isolate-entry.ts',
    // Anything from outside would not exist in that context: an import of it is an error.
    plugins: [typescript],
    onwarn: failOnWarning,
    output: {
      file: 'dist/isolate-formatter.js',
      format: 'iife',
      name: 'asynctb',
      generatedCode: { preset: 'es2015', symbols: false },
      esModule: false,
    },
  },
];
