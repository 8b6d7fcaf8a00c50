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
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const packageRoot = resolve(
  dirname(fileURLToPath(import.meta.url)),
  '..',
);
const manifest = JSON.parse(
  readFileSync(join(packageRoot, 'package.json'), 'utf8'),
);

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

/** Installs what the compilation needs beside the package, in versions it was tested with. */
function installTools(log) {
  const wanted = ['node-gyp', 'node-addon-api'].filter(
    (name) => resolveTool(name) === undefined,
  );
  if (wanted.length === 0) return;
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

/**
 * Compiles `build/Release/asynctb.node`.
 * @param {{ log?: (line: string) => void, defines?: string, logFile?: string, rebuild?: boolean }} options
 */
export function buildNative({
  log = () => {},
  defines = '',
  logFile = join(packageRoot, 'build', 'native.log'),
  rebuild = false,
} = {}) {
  installTools(log);
  const nodedir = findHeaders(log);
  const gyp = join(resolveTool('node-gyp'), 'bin', 'node-gyp.js');
  // node-gyp empties build/ when it configures, so the log is moved there afterwards.
  const scratchLog = join(packageRoot, '.cache', `native-${process.pid}.log`);
  mkdirSync(dirname(scratchLog), { recursive: true });
  const output = openSync(scratchLog, 'w');
  const jobs = String(availableParallelism?.() ?? cpus().length);
  const steps = rebuild ? ['rebuild'] : ['configure', 'build'];
  const result = spawnSync(
    process.execPath,
    [gyp, ...steps, '--release', `--nodedir=${nodedir}`, `--jobs=${jobs}`],
    {
      cwd: packageRoot,
      stdio: ['ignore', output, output],
      env: {
        ...cleanEnvironment(),
        GYP_DEFINES: defines,
        // binding.gyp asks `node` for its list of sources: it must be this one.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
      },
    },
  );
  closeSync(output);
  const text = readFileSync(scratchLog, 'utf8');
  rmSync(scratchLog);
  mkdirSync(dirname(logFile), { recursive: true });
  writeFileSync(logFile, text);
  if (result.status !== 0) {
    throw new Error(
      `compiling the addon for Node ${process.versions.node} failed:\n${text}\n` +
        '(it needs python3, make and a C++20 compiler such as g++ 10 or newer)',
    );
  }
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
  const log = (line) => console.log(`asynctb: ${line}`);
  if (
    !readdirSync(join(packageRoot, 'native')).some((name) =>
      name.endsWith('.cc'),
    )
  ) {
    throw new Error('native/ holds no sources');
  }
  log(
    `compiling the addon for Node ${process.versions.node} (ABI ${process.versions.modules}) …`,
  );
  buildNative({ log, rebuild: true });
  log('done: build/Release/asynctb.node');
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
