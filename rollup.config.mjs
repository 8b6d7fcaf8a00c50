// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Three public entries as CommonJS that share their chunks, so that state exists once however
 * the package is loaded; an ESM wrapper and its types for each; and the formatters once more as
 * one self-contained script, which the watcher thread evaluates in a bare V8 context.
 */

import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformAsync } from '@babel/core';
import { transform } from 'esbuild';
import { minify } from 'terser';

const manifest = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
);
const external = (id) =>
  id.startsWith('node:') ||
  builtinModules.includes(id) ||
  id in (manifest.dependencies ?? {});

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
 * `for … of` becomes a loop over indices. All of `lib/` goes over arrays (`npm run lint`), and a program
 * may have replaced their iterator.
 */
const loopsByIndex = {
  name: 'loops-by-index',
  async transform(code, id) {
    if (!id.startsWith(lib)) return null;
    const { code: result, map } = await transformAsync(code, {
      configFile: false,
      babelrc: false,
      sourceMaps: true,
      plugins: [['@babel/plugin-transform-for-of', { assumeArray: true }]],
    });
    return { code: result, map };
  },
};

/** What is said in a bundle that does not find the package beside it. */
const NOT_FOUND =
  `asynctb was bundled, and does not work without its files: mark '${manifest.name}' as external ` +
  'in the bundler, and install it where the program runs';

/**
 * The ESM side of an entry. `require` rather than an import of the CommonJS file: Node would
 * first search its text for the names of exports, which takes longer than loading it (on
 * Node 20, 10 ms longer).
 *
 * Bundlers take this file for `require` as well (`module` in package.json). By its own name the package is
 * found from inside of itself, and from a bundle with the package beside it; `./index.js` would
 * be a file of the program's there. A bundle as CommonJS has no `import.meta.url`, and webpack puts
 * there where the file was when it was bundled. It also replaces `import { createRequire }` and
 * `typeof __filename`, so neither is used.
 */
function wrapperOf({ name, exports }) {
  const id = name === 'index' ? manifest.name : `${manifest.name}/${name}`;
  return `import nodeModule from 'node:module';
const places = [() => import.meta.url, () => __filename, () => process.argv[1]];
function load() {
  for (const place of places) {
    let from;
    try {
      from = nodeModule.createRequire(place());
    } catch {
      continue;
    }
    try {
      return from('${id}');
    } catch (error) {
      if (error?.code !== 'MODULE_NOT_FOUND' || !String(error.message).includes("'${id}'")) throw error;
    }
  }
  const reason = ${JSON.stringify(NOT_FOUND)};
  const said = Symbol.for('asynctb.bundled');
  if (!process[said]) console.error(reason);
  process[said] = true;
  function refuse() {
    throw Object.assign(new Error(reason), { code: 'ERR_ASYNCTB_UNSUPPORTED' });
  }
  const capabilities = () => ({ native: { available: false, reason } });
  return new Proxy({}, { get: (_, name) => (name === 'capabilities' ? capabilities : refuse) });
}
${exports.length === 0 ? '' : `export const { ${exports.join(', ')} } = `}load();
`;
}

/** `index.mjs` and `types/index.d.mts` beside `index.js` and `types/index.d.ts`. */
const esmWrappers = {
  name: 'esm-wrappers',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk' || !chunk.isEntry || chunk.name === LATER)
        continue;
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

/**
 * V8 reads all of a file when it is loaded, and keeps its text in the young generation of the heap, where
 * more text means that garbage is collected sooner: half of it is names of variables, comments and
 * white space. The names of functions and classes stay, as stacks and `console.log` show them.
 */
const shorter = {
  name: 'shorter',
  async renderChunk(code) {
    const { code: result } = await minify(code, {
      compress: false,
      mangle: { toplevel: true, keep_fnames: true, keep_classnames: true },
      format: { max_line_len: 120 },
    });
    return { code: result, map: null };
  },
};

/**
 * What most programs never need, or not before they print: a chunk each, which is loaded when one of its
 * functions is first called. Nothing of it may be used while a module is loaded. A name with a slash at its end
 * is a whole folder.
 */
const LAZY = {
  awaiters: ['extract/linked-awaiters', 'extract/running-task'],
  dumps: [
    'model/command',
    'model/deadlock',
    'model/dump-from-raw',
    'model/from-json',
    'model/group-order',
    'model/places',
    'model/raw-frames',
    'model/raw-stacks',
    'model/recursion',
    'model/sharing',
    'model/task',
    'model/task-groups',
    'model/unfolding',
    'model/verdict',
  ],
  format: ['format/', 'redact/'],
  inspector: ['extract/by-inspector', 'engine/inspector'],
  maps: [
    'source-maps/function-name',
    'source-maps/load',
    'source-maps/mappings',
    'source-maps/plain-map',
    'source-maps/script-map',
    'source-maps/source-tree',
    'source-maps/text-lines',
    'source-maps/thread-maps',
    'source-maps/urls',
  ],
  reasons: [
    'explain/check-rules',
    'explain/deadlocks',
    'explain/candidate',
    'explain/events',
    'explain/evidence',
    'explain/held-by',
    'explain/paths',
    'explain/placeholder',
    'explain/reason',
    'explain/rule',
    'explain/rules/',
    'explain/shorten',
    'explain/thing',
    'explain/thing-name',
    'explain/thread-reasons',
    'explain/waker-rows',
    'explain/wakers',
  ],
  resources: [
    'resources/compiled-holders',
    'resources/compiled-resources',
    'resources/compiled-text',
    'resources/using-declarations',
    'resources/disposable-stack-polyfills',
  ],
  running: ['extract/frames-outside', 'extract/running', 'resources/tokens'],
};

/** What `asynctb/register` needs besides `core`; each worker thread loads it. */
const THREADS = [
  'threads/questions',
  'threads/threads',
  'threads/watchdog',
  'threads/workers',
  'format/batch',
  'engine/thread-ids',
  'model/dump',
  'model/write',
  'register/rules-file',
  'register/settings',
  'register/watcher',
];

/** Folders of `core`, which all entries need; the rest is `engine`. */
const CORE = ['base', 'engine', 'model'];
const CORE_TOO = [
  'explain/added-rules',
  'format/describe',
  'format/node-values',
  'format/offer',
  'format/options',
  'hooks/kind',
  'hooks/type-registry',
  'hooks/warn',
  'source-maps/node-host',
];
const ENTRIES = ['index', 'explain', 'hooks', 'lowlevel', 'register'];

const lib = resolve(dirname(fileURLToPath(import.meta.url)), 'lib');
const chunkOfModule = new Map([
  ...Object.entries(LAZY).flatMap(([name, modules]) =>
    modules.map((module) => [module, name]),
  ),
  ...THREADS.map((module) => [module, 'threads']),
  ...CORE_TOO.map((module) => [module, 'core']),
  ...ENTRIES.map((module) => [module, null]),
]);

function chunkOf(id) {
  const module = relative(lib, id).replace(/\.ts$/, '');
  const known = chunkOfModule.get(
    chunkOfModule.has(module) ? module : `${dirname(module)}/`,
  );
  if (known !== undefined || !id.startsWith(lib)) return known;
  return CORE.includes(module.split('/')[0]) ? 'core' : 'engine';
}

/** Used by what `lazyChunks` writes alone, so it is an entry of its own, of which no file is made. */
const LATER = 'later';

/** `require` of a lazy chunk becomes an object that loads it when it is first asked for something. */
const lazyChunks = {
  name: 'lazy-chunks',
  renderChunk(code, { name: from, importedBindings }) {
    const later = from === 'core' ? '' : 'later$.';
    let result =
      from in LAZY || ENTRIES.includes(from) || from === LATER
        ? code
        : `${code}${later}isLoaded('./chunk-${from}.js', exports);\n`;
    for (const [file, names] of Object.entries(importedBindings)) {
      const [, name] = /^chunk-(.+)\.js$/.exec(file) ?? [];
      if (!(name in LAZY)) continue;
      const statement = new RegExp(
        `^(?:const (\\S+) = )?require\\('\\./chunk-${name}\\.js'\\);\\n`,
        'm',
      );
      const [, variable] = statement.exec(result) ?? this.error(`no ${file}`);
      const load = `${later}loadLater('./${file}', () => require('./${file}'), require)`;
      const getters = names.map(
        (each) =>
          `get ${each}() { return (${variable}$loaded ??= ${load}).${each}; }`,
      );
      result = result.replace(
        statement,
        // A function, as there may be `$1` in the name.
        () =>
          variable === undefined
            ? ''
            : `let ${variable}$loaded;\nconst ${variable} = { ${getters.join(', ')} };\n`,
      );
    }
    if (result === code) return null;
    // Once: a program may have put a function of its own in the place of Node's `require` later.
    const head = "'use strict';\nconst later$ = require('./chunk-core.js');\n";
    return {
      code: from === 'core' ? result : result.replace("'use strict';\n", head),
      map: null,
    };
  },
  generateBundle(_options, bundle) {
    delete bundle[`${LATER}.js`];
  },
};

/** A circle of chunks one of which is lazy is none when they are loaded. */
const failOnWarning = (warning) => {
  if (
    warning.code === 'CIRCULAR_CHUNK' &&
    warning.ids.some((name) => name in LAZY)
  ) {
    return;
  }
  throw new Error(warning.message);
};

export default [
  {
    input: {
      index: 'lib/index.ts',
      explain: 'lib/explain.ts',
      hooks: 'lib/hooks.ts',
      lowlevel: 'lib/lowlevel.ts',
      register: 'lib/register.ts',
      [LATER]: 'lib/engine/later.ts',
    },
    external,
    plugins: [typescript, loopsByIndex, esmWrappers, lazyChunks, shorter],
    onwarn: failOnWarning,
    output: {
      dir: 'dist',
      format: 'cjs',
      exports: 'named',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[name].js',
      manualChunks: chunkOf,
      onlyExplicitManualChunks: true,
      hoistTransitiveImports: false,
      generatedCode: { preset: 'es2015', symbols: false },
      esModule: true,
      externalLiveBindings: false,
    },
  },
  {
    input: 'lib/isolate-entry.ts',
    // Anything from outside would not exist in that context: an import of it is an error.
    plugins: [typescript, loopsByIndex, shorter],
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
