// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run coverage [-- --node 24] [vitest's arguments]`: which lines of lib/ and native/ the suite
 * runs, in its own processes and in those that it starts. Fails below the shares that are named
 * here, and when a test fails: what a failing test was to run is not counted as it should be.
 *
 * It works in a copy of the project. There the library is not bundled: each file of lib/ becomes
 * one of dist/, which the package consists of, and which the tests of single modules load as well,
 * so that V8's counts for one source are all about one script. The addon is compiled for gcov.
 */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { nativeCoverage, nativeTable, percentOf } from './lib/native-coverage';
import { nodeBinary, selectReleases } from './lib/nodes';
import { syncWorktree } from './lib/worktree';

const LEAST_LIB = 98;
const LEAST_NATIVE = 90;

/** One run, on the newest release line that is in long-term support. */
const DEFAULT_NODE = '24';

/** Left out of lib/, each for its reason. */
const EXCLUDED = [
  // Names of what other files export; to V8, each that no test uses is a function that never ran.
  'lib/index.ts',
  'lib/explain.ts',
  'lib/lowlevel.ts',
  // Runs in the watcher's bare isolate, where V8 has nobody to report its counts to. Its tests
  // compare what it prints with what the same formatters print here.
  'lib/isolate-entry.ts',
  // Loads what the bundle has left for later, and here there is no bundle.
  'lib/engine/later.ts',
];

/** Where the processes leave what gcov counts, relative to the copy. */
const GCOV = '.cache/gcov';
const LOADS_ADDON = ['native__binding', 'register__watching'];

/**
 * When V8's debugger is switched off, V8 throws away what counts the blocks of the functions that it
 * has compiled, for good. So once it is on, a session that is never closed keeps it on.
 */
const KEEP_DEBUGGER = [
  'let debuggerKeeper;',
  'function keepDebugger() {',
  'if (debuggerKeeper !== undefined) return;',
  'debuggerKeeper = new (require("node:inspector").Session)();',
  'debuggerKeeper.connect();',
  'debuggerKeeper.post("Debugger.enable", {}, () => {});',
  '} ',
].join(' ');

/** Left out of the run, each for its reason. */
const NOT_RUN = [
  // The packed package has no lib/ of its own.
  'test/lifecycle/package.test.ts',
  // A signal that a program sends to itself just before its end is not answered while Node writes a
  // profile, which NODE_V8_COVERAGE is about.
  'test/lifecycle/signal-exit.test.ts',
].map((file) => `--exclude=${file}`);

function* sourcesIn(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* sourcesIn(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

/** One name for `lib/x/y.ts` and its like: in dist/ there are no folders. */
function flatName(root: string, path: string): string {
  return relative(join(root, 'lib'), path)
    .replace(/\.[jt]s$/, '')
    .replaceAll('/', '__');
}

/** What comes before the program in the files that load the addon. */
function gcovPrefix(root: string): string {
  const directory = JSON.stringify(join(root, GCOV));
  // A directory a process: one that is killed while it writes spoils its own counts only.
  return `process.env.GCOV_PREFIX = ${directory} + '/' + process.pid;`;
}

/** `dist/x__y.js` for each `lib/x/y.ts`, and `lib/x/y.js` that stands for it. */
function compileLibrary(root: string): void {
  for (const path of sourcesIn(join(root, 'lib'))) {
    const name = flatName(root, path);
    const output = join(root, 'dist', `${name}.js`);
    const { code, map } = transformSync(readFileSync(path, 'utf8'), {
      loader: 'ts',
      format: 'cjs',
      target: 'node22',
      sourcefile: path,
      sourcemap: 'external',
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    const flat = code.replace(
      /require\("(\.[^"]+\.js)"\)/g,
      (call: string, imported: string) => {
        const source = join(dirname(path), imported);
        // What is no file beside it is required of the package that is built.
        return existsSync(source.replace(/\.js$/, '.ts'))
          ? `require("./${flatName(root, source)}.js")`
          : call;
      },
    );
    const counting = flat.replaceAll(
      'this.#post("Debugger.enable"',
      'keepDebugger(); this.#post("Debugger.enable"',
    );
    // On the first line, which esbuild wrote, so that none of ours moves.
    const before =
      (LOADS_ADDON.includes(name) ? gcovPrefix(root) : '') +
      (counting === flat ? '' : KEEP_DEBUGGER);
    writeFileSync(
      output,
      `${before}${counting}//# sourceMappingURL=${name}.js.map\n`,
    );
    writeFileSync(`${output}.map`, map);
    writeFileSync(
      path.replace(/\.ts$/, '.js'),
      `module.exports = require(${JSON.stringify(output)});\n`,
    );
  }
}

interface V8Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

interface V8Report {
  result: { url: string; functions: { ranges: V8Range[] }[] }[];
  'source-map-cache'?: Record<string, unknown>;
}

/**
 * Keeps of each process's report what is about lib/, which is little of it. Some tests load a copy
 * of dist/. A process that was killed may have left half of a report.
 */
function keepLibraryOnly(root: string, raw: string): void {
  const known = new Set(
    [...sourcesIn(join(root, 'lib'))].map((path) => flatName(root, path)),
  );
  const original = (url: string): string | null => {
    const name = /^file:.*\/dist\/([\w-]+)\.js$/.exec(url)?.[1];
    return name === undefined || !known.has(name)
      ? null
      : pathToFileURL(join(root, 'dist', `${name}.js`)).href;
  };
  for (const name of readdirSync(raw)) {
    const file = join(raw, name);
    const report = readReport(file);
    const result = report.result.flatMap((script) => {
      const url = original(script.url);
      if (url === null) return [];
      for (const { ranges } of script.functions) {
        for (const range of ranges) ignoreIndexGuard(codeOf(url), range);
      }
      return [{ ...script, url }];
    });
    if (result.length === 0) {
      rmSync(file);
      continue;
    }
    const maps = Object.entries(report['source-map-cache'] ?? {}).filter(
      ([url]) => original(url) === url,
    );
    writeFileSync(
      file,
      JSON.stringify({
        result,
        'source-map-cache': Object.fromEntries(maps),
      }),
    );
  }
}

const codes = new Map<string, string>();

function codeOf(url: string): string {
  const code = codes.get(url) ?? readFileSync(new URL(url), 'utf8');
  codes.set(url, code);
  return code;
}

/**
 * `array[index] ?? 0`: the type checker asks what there is beyond the end of an array, even where
 * the index has just been compared with its length. Such a literal is no branch that could run.
 */
function ignoreIndexGuard(code: string, range: V8Range): void {
  const text = code.slice(range.startOffset, range.endOffset);
  const isGuard =
    /^\?\? (?:-?\d+|null|"[^"]*"|\[\])$/.test(text) &&
    code.slice(0, range.startOffset).endsWith('] ');
  if (isGuard) range.count = Math.max(range.count, 1);
}

function readReport(file: string): V8Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as V8Report;
  } catch {
    return { result: [] };
  }
}

function reportLibrary(root: string, raw: string): boolean {
  const c8 = join(root, 'node_modules', 'c8', 'bin', 'c8.js');
  const { status } = spawnSync(
    process.execPath,
    [
      c8,
      'report',
      `--temp-directory=${raw}`,
      '--src=lib',
      '--all',
      '--include=lib/**/*.ts',
      ...EXCLUDED.map((file) => `--exclude=${file}`),
      '--exclude-after-remap',
      '--reporter=text',
      '--reporter=json',
      `--report-dir=${join(root, '.cache', 'coverage')}`,
      '--check-coverage',
      `--lines=${LEAST_LIB}`,
      `--branches=${LEAST_LIB}`,
      '--functions=0',
      '--statements=0',
    ],
    { cwd: root, stdio: 'inherit' },
  );
  return status === 0;
}

function reportNative(root: string): boolean {
  const files = nativeCoverage(root, join(root, GCOV));
  console.log(`\n${nativeTable(files)}`);
  const percent = percentOf(files);
  if (percent >= LEAST_NATIVE) return true;
  console.error(
    `ERROR: Coverage for native/ (${percent.toFixed(2)}%) does not meet the threshold (${LEAST_NATIVE}%)`,
  );
  return false;
}

function main(): boolean {
  const args = process.argv.slice(2);
  const { releases, rest } = selectReleases(
    args.some((arg) => arg.startsWith('--node'))
      ? args
      : ['--node', DEFAULT_NODE, ...args],
  );
  const [release] = releases;
  if (release === undefined || releases.length > 1) {
    throw new Error('--node: coverage is counted on one release');
  }
  const node = nodeBinary(release);
  const root = syncWorktree('coverage', release.version);
  const raw = join(root, '.cache', 'v8');
  rmSync(raw, { recursive: true, force: true });
  mkdirSync(raw, { recursive: true });
  rmSync(join(root, GCOV), { recursive: true, force: true });
  const env = { ...process.env, ASYNCTB_COVERAGE: '1' };
  const run = (extra: NodeJS.ProcessEnv, ...command: string[]): boolean =>
    spawnSync(node, command, {
      cwd: root,
      stdio: 'inherit',
      env: { ...env, ...extra },
    }).status === 0;
  if (!run({}, 'scripts/setup.mjs')) return false;
  compileLibrary(root);
  const passed = run(
    { NODE_V8_COVERAGE: raw, GCOV_ERROR_FILE: join(root, '.cache/gcov.log') },
    'node_modules/tsx/dist/cli.mjs',
    'scripts/test.ts',
    '--no-typecheck',
    ...NOT_RUN,
    ...rest,
  );
  keepLibraryOnly(root, raw);
  const library = reportLibrary(root, raw);
  const native = reportNative(root);
  if (!passed) console.error('ERROR: some of the tests failed, see above');
  return passed && library && native;
}

process.exitCode = main() ? 0 : 1;
