// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Brings a clone to the point where it runs: dependencies, dist/ and build/Release. Each step
 * is left out when a hash of what went into it is unchanged, so that every npm script may begin
 * with it. It has no dependencies of its own: it is what runs first on a fresh machine.
 *
 * `--prepare` is how npm calls it while installing: it must not install again.
 * `--only=ts` and `--only=native` build one half.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  buildNative,
  builtPath,
  cleanEnvironment,
  packageRoot,
} from './build-native.mjs';

const log = (line) => console.log(`asynctb: ${line}`);
const at = (...parts) => join(packageRoot, ...parts);

/** A hash of the names and contents of files and of everything below directories but `build`. */
function hashOf(entries, ...extra) {
  const hash = createHash('sha256');
  const add = (path) => {
    hash.update(`${path}\0`);
    hash.update(readFileSync(at(path)));
  };
  const visit = (path) => {
    for (const entry of readdirSync(at(path), { withFileTypes: true }).sort(
      (a, b) => (a.name < b.name ? -1 : 1),
    )) {
      if (entry.name === 'build') continue;
      if (entry.isDirectory()) visit(`${path}/${entry.name}`);
      else add(`${path}/${entry.name}`);
    }
  };
  for (const entry of entries) {
    if (entry.endsWith('/')) visit(entry.slice(0, -1));
    else add(entry);
  }
  for (const text of extra) hash.update(`${text}\0`);
  return hash.digest('hex');
}

/** Runs `make` unless `stamp` already holds `hash`. */
function step(stamp, hash, output, make) {
  const file = at(stamp);
  if (
    existsSync(at(output)) &&
    existsSync(file) &&
    readFileSync(file, 'utf8') === hash
  )
    return;
  const start = Date.now();
  const what = make();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
  log(`${what} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
}

/** Runs a command whose output only matters when it fails. */
function quietly(command, args, env = process.env) {
  const result = spawnSync(command, args, {
    cwd: packageRoot,
    encoding: 'utf8',
    env,
    shell: process.platform === 'win32',
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) {
    throw new Error(
      `${[command, ...args].join(' ')} failed:\n${result.stdout}${result.stderr}`,
    );
  }
}

function lockHash() {
  return hashOf(['package-lock.json']);
}

const BUILT_FOR = 'native/build/.node-version';
const LOCK_STAMP = 'node_modules/.asynctb-lock';

function install() {
  step(LOCK_STAMP, lockHash(), 'node_modules', () => {
    log('installing the dependencies …');
    // No scripts: ours would call this file again, and no dependency needs its own.
    quietly(
      'npm',
      ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--include=dev'],
      cleanEnvironment(),
    );
    return 'dependencies installed';
  });
}

function buildTypeScript() {
  const inputs = [
    'lib/',
    'package.json',
    'rollup.config.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  step('dist/.stamp', hashOf(inputs, lockHash()), 'dist/index.js', () => {
    const node = process.execPath;
    // Chunks that are made no more would be packed.
    rmSync(at('dist'), { recursive: true, force: true });
    quietly(node, [
      at('node_modules/rollup/dist/bin/rollup'),
      '--config',
      'rollup.config.mjs',
      '--silent',
    ]);
    quietly(node, [
      at('node_modules/typescript/bin/tsc'),
      '--project',
      'tsconfig.build.json',
    ]);
    return 'dist/ built';
  });
}

function buildAddon() {
  const inputs = ['native/', 'scripts/build-native.mjs'];
  const { versions, platform, arch } = process;
  const flavour = process.env.ASYNCTB_COVERAGE === '1' ? 1 : 0;
  const hash = hashOf(
    inputs,
    String(flavour),
    versions.node,
    platform,
    arch,
    readFileSync(at('node_modules/node-addon-api/package.json'), 'utf8'),
  );
  step(`${builtPath()}.stamp`, hash, builtPath(), () => {
    log(`compiling the addon for Node ${versions.node} …`);
    // Headers of another Node in the same place are a change that make would not see.
    const rebuild =
      !existsSync(at(BUILT_FOR)) ||
      readFileSync(at(BUILT_FOR), 'utf8') !== versions.node;
    buildNative({
      log,
      defines: `asynctb_werror=1 asynctb_coverage=${flavour}`,
      rebuild,
    });
    writeFileSync(at(BUILT_FOR), versions.node);
    return `addon built, compiler output in build/native.log`;
  });
}

const LOCK = '.cache/setup.lock';

/** False when the process that wrote the lock has died without removing it. */
function lockIsHeld() {
  try {
    process.kill(Number(readFileSync(at(LOCK), 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two terminals may start this at once, and two compilations in one directory spoil each other. */
async function withLock(work) {
  mkdirSync(at('.cache'), { recursive: true });
  for (let announced = false; ; announced = true) {
    try {
      writeFileSync(at(LOCK), String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (lockIsHeld()) {
      if (!announced) log('waiting for another setup to end …');
      await delay(200);
    } else {
      rmSync(at(LOCK), { force: true });
    }
  }
  try {
    work();
  } finally {
    rmSync(at(LOCK), { force: true });
  }
}

function main() {
  if (process.argv.includes('--prepare')) {
    if (
      !existsSync(at('node_modules/typescript')) ||
      !existsSync(at('node_modules/node-addon-api'))
    ) {
      log('installed without development dependencies, so nothing is built');
      return;
    }
    writeFileSync(at(LOCK_STAMP), lockHash());
  } else {
    install();
  }
  if (!process.argv.includes('--only=native')) buildTypeScript();
  if (!process.argv.includes('--only=ts')) buildAddon();
}

try {
  await withLock(main);
} catch (error) {
  console.error(
    `asynctb: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
}
