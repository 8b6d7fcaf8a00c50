// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Compiles the addon for the Node that runs this file, from a clone or from an installed
 * package (`node node_modules/asynctb/scripts/build-native.mjs`). It needs python3, make and a
 * C++ compiler; it never lets node-gyp download headers: they come from beside the running
 * binary, or from the npm package that holds the same Node. No dependencies, because
 * nothing may be installed yet when it runs.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const packageRoot = resolve(
  dirname(fileURLToPath(import.meta.url)),
  '..',
);
const manifest = JSON.parse(
  readFileSync(join(packageRoot, 'package.json'), 'utf8'),
);

/** Where node-gyp works, and leaves its objects in `build`. */
const sourceDir = join(packageRoot, 'native');

/** Where `node-gyp` and `node-addon-api` go when the package was installed without them. */
const toolsDir = join(packageRoot, '.cache', 'tools');

/** npm's settings for its own node-gyp override the command line, so none may get through. */
export function cleanEnvironment(base = process.env) {
  const env = { ...base };
  for (const key of Object.keys(env)) {
    if (/^npm_(config|package_config_node_gyp)_/i.test(key)) {
      if (
        !/^npm_config_(python|registry|cache|userconfig|cafile|https?_?proxy)$/i.test(
          key,
        )
      )
        delete env[key];
    }
  }
  return env;
}

/** The file of an installed package, looked up from here and then from the tools directory. */
function resolveTool(name) {
  for (const from of [
    import.meta.url,
    pathToFileURL(join(toolsDir, 'x.js')).href,
  ]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`));
    } catch {
      // Not there: try the next place.
    }
  }
  return undefined;
}

export function nodeAddonApiInclude() {
  return resolveTool('node-addon-api');
}

function npm(args, options) {
  return execFileSync('npm', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: cleanEnvironment(),
    ...options,
  });
}

/** Of npm's own tries, which take minutes, the first one is enough to know. */
const REGISTRY_TIMEOUT_MS = 5_000;
let registryAnswers = false;

/** Throws within ten seconds when npm cannot get what is wanted from its registry. */
function askRegistry(spec) {
  if (registryAnswers) return;
  try {
    npm(
      [
        'view',
        spec,
        'version',
        '--fetch-retries=0',
        `--fetch-timeout=${REGISTRY_TIMEOUT_MS}`,
      ],
      { timeout: REGISTRY_TIMEOUT_MS + 2_000, killSignal: 'SIGKILL' },
    );
    registryAnswers = true;
  } catch (error) {
    if (error.code === 'ENOENT')
      throw new Error(`${spec} is needed, and there is no npm to install it`);
    const [, code = error.code ?? 'no answer'] =
      /npm (?:error|ERR!) code (\S+)/.exec(String(error.stderr)) ?? [];
    throw new Error(
      `${spec} is needed, and npm cannot get it from its registry (${code}): ` +
        'is this machine offline?',
    );
  }
}

/** Installs what the compilation needs beside the package, in versions it was tested with. */
function installTools(log) {
  const wanted = ['node-gyp', 'node-addon-api'].filter(
    (name) => resolveTool(name) === undefined,
  );
  if (wanted.length === 0) return;
  askRegistry(`${wanted[0]}@${manifest.devDependencies[wanted[0]]}`);
  log(`installing ${wanted.join(' and ')} …`);
  mkdirSync(toolsDir, { recursive: true });
  writeFileSync(join(toolsDir, 'package.json'), '{"private": true}\n');
  npm(
    [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      ...wanted.map((name) => `${name}@${manifest.devDependencies[name]}`),
    ],
    { cwd: toolsDir },
  );
}

/** True when `dir` holds the headers of exactly this Node version. */
export function hasHeaders(dir, version) {
  const file = join(dir, 'include', 'node', 'node_version.h');
  if (!existsSync(file) || !existsSync(join(dir, 'include', 'node', 'node.h')))
    return false;
  const text = readFileSync(file, 'utf8');
  const part = (name) =>
    text.match(new RegExp(`#define NODE_${name}_VERSION (\\d+)`))?.[1];
  return [part('MAJOR'), part('MINOR'), part('PATCH')].join('.') === version;
}

/**
 * A directory with `bin/node` and `include/node` of an official Node build, from its npm
 * package; kept in `cacheDir/<version>`.
 */
export function fetchNode(version, cacheDir, log = () => {}) {
  const target = join(cacheDir, version);
  if (hasHeaders(target, version)) return target;
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const spec = `node-${os}-${process.arch}@${version}`;
  askRegistry(spec);
  log(`fetching ${spec} from npm …`);
  mkdirSync(cacheDir, { recursive: true });
  // Unpacked under a name of its own and moved into place, so that an interrupted run leaves
  // nothing that looks complete.
  const scratch = join(cacheDir, `${version}.part-${process.pid}`);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  try {
    const listing = npm(
      ['pack', spec, '--json', '--pack-destination', scratch],
      { cwd: scratch },
    );
    const [{ filename }] = JSON.parse(listing);
    execFileSync('tar', ['-xzf', filename], { cwd: scratch });
    rmSync(target, { recursive: true, force: true });
    renameSync(join(scratch, 'package'), target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (!hasHeaders(target, version))
    throw new Error(`${spec} holds no headers of Node ${version}`);
  return target;
}

/** The headers of the running Node: beside its binary, else out of its npm package. */
export function findHeaders(
  log,
  cacheDir = join(packageRoot, '.cache', 'nodes'),
) {
  const version = process.versions.node;
  const prefix = resolve(
    dirname(process.execPath),
    process.platform === 'win32' ? '.' : '..',
  );
  return hasHeaders(prefix, version)
    ? prefix
    : fetchNode(version, cacheDir, log);
}

/** The sources, as `native/binding.gyp` lists them: sorted, so that every link is the same. */
function sourcesIn(directory = sourceDir) {
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory())
        return path === join(sourceDir, 'build') ? [] : sourcesIn(path);
      return path.endsWith('.cc') ? [relative(sourceDir, path)] : [];
    })
    .sort();
}

/** Where a binary that was compiled here is, relative to the package; `lib/engine` looks there. */
export function builtPath(abi = process.versions.modules) {
  return `build/Release/asynctb.abi${abi}.node`;
}

/**
 * Compiles the addon, for the running Node unless `nodedir` and `version` name the headers of another.
 * @param {{ log?: (line: string) => void, defines?: string, logFile?: string, rebuild?: boolean,
 *   nodedir?: string, version?: string, output?: string }} options
 */
export function buildNative({
  log = () => {},
  defines = '',
  logFile = join(packageRoot, 'build', 'native.log'),
  rebuild = false,
  version = process.versions.node,
  nodedir,
  output = join(packageRoot, builtPath()),
} = {}) {
  installTools(log);
  const headers = nodedir ?? findHeaders(log);
  const gyp = join(resolveTool('node-gyp'), 'bin', 'node-gyp.js');
  mkdirSync(dirname(logFile), { recursive: true });
  const logged = openSync(logFile, 'w');
  const jobs = String(availableParallelism?.() ?? cpus().length);
  const steps = rebuild ? ['rebuild'] : ['configure', 'build'];
  const result = spawnSync(
    process.execPath,
    [
      gyp,
      ...steps,
      '--release',
      `--target=${version}`,
      `--nodedir=${headers}`,
      `--jobs=${jobs}`,
    ],
    {
      cwd: sourceDir,
      stdio: ['ignore', logged, logged],
      env: {
        ...cleanEnvironment(),
        GYP_DEFINES: defines,
        // binding.gyp asks `node` for its list of sources: it must be this one.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
      },
    },
  );
  closeSync(logged);
  if (result.status !== 0) {
    throw new Error(
      `compiling the addon for Node ${version} failed:\n${readFileSync(logFile, 'utf8')}\n` +
        '(it needs python3, make and a C++20 compiler such as g++ 10 or newer)',
    );
  }
  mkdirSync(dirname(output), { recursive: true });
  // Moved into place: a program may have the one that is there loaded.
  copyFileSync(
    join(sourceDir, 'build', 'Release', 'asynctb.node'),
    `${output}.part`,
  );
  renameSync(`${output}.part`, output);
}

function main() {
  if (process.argv.includes('--print-include')) {
    const include = nodeAddonApiInclude();
    if (include === undefined)
      throw new Error(
        'node-addon-api is not installed: run this file without arguments',
      );
    process.stdout.write(include);
    return;
  }
  const sources = sourcesIn();
  if (process.argv.includes('--print-sources')) {
    process.stdout.write(sources.join(' '));
    return;
  }
  if (sources.length === 0) throw new Error('native/ holds no sources');
  const log = (line) => console.log(`asynctb: ${line}`);
  log(
    `compiling the addon for Node ${process.versions.node} (ABI ${process.versions.modules}) …`,
  );
  buildNative({ log, rebuild: true });
  log(`done: ${builtPath()}`);
}

if (
  process.argv[1] !== undefined &&
  resolve(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  try {
    main();
  } catch (error) {
    console.error(
      `asynctb: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exitCode = 1;
  }
}
