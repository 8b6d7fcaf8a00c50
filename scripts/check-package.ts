// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run check:prebuilds`: what has to hold before the package may be published. Every target
 * has its stripped and hardened binary, which needs no more than its Nodes have; the packed package,
 * installed in an empty directory with no compiler in sight, works on every Node, with every package
 * manager and in bundles; and without a binary, the command that it names builds one.
 */

import { execSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cleanEnvironment } from './build-native.mjs';
import {
  isStripped,
  missingSymbols,
  newerThanNode,
  traces,
  weaknesses,
} from './lib/binaries';
import { BUNDLERS } from './lib/bundlers';
import {
  buildCommandIn,
  Consumer,
  pack,
  type ConsumerReport,
} from './lib/consumer';
import { NODE_RELEASES, nodeBinary, OTHER_NODES } from './lib/nodes';
import { PACKAGE_LINTS } from './lib/package-lints';
import { PACKAGE_MANAGERS } from './lib/package-managers';
import { buildRelease, prebuildDirectory, prebuildName } from './lib/prebuilds';
import { projectRoot } from './lib/suite';
import { RUNTIMES, toolDirectory } from './lib/tools';
import { totalsLine } from './lib/totals';
import { mirror } from './lib/worktree';

let passed = 0;
let failed = 0;

/** Runs one check and says how it ended; the rest goes on, so that all is known at once. */
async function check(
  what: string,
  body: () => void | Promise<void>,
): Promise<void> {
  try {
    await body();
    passed++;
    console.log(`ok      ${what}`);
  } catch (error) {
    failed++;
    console.log(
      `FAILED  ${what}\n${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function expectFrames(report: ConsumerReport): void {
  if (report.names.join() !== 'outer,inner') {
    throw new Error(
      `the frames are not [outer, inner]: ${JSON.stringify(report, null, 2)}`,
    );
  }
}

function expectNothing(found: readonly string[]): void {
  if (found.length > 0) throw new Error(found.join('\n'));
}

async function checkBinaries(): Promise<void> {
  const directory = join(projectRoot, prebuildDirectory);
  for (const release of NODE_RELEASES) {
    const name = prebuildName(release.abi);
    const file = join(directory, name);
    await check(`${name} is stripped and hardened`, () => {
      if (!isStripped(file)) throw new Error('it is not stripped');
      expectNothing(weaknesses(file));
      expectNothing(traces(file, [projectRoot, homedir(), tmpdir()]));
    });
    const nodes = [release, ...OTHER_NODES].filter(
      ({ abi }) => abi === release.abi,
    );
    for (const each of nodes) {
      const node = nodeBinary(each);
      await check(`${name} needs no more than Node ${each.version}`, () => {
        expectNothing(newerThanNode(file, node));
        expectNothing(missingSymbols(file, node));
      });
    }
  }
  await check('there is no other binary', () => {
    const known = NODE_RELEASES.map(({ abi }) => prebuildName(abi));
    expectNothing(
      readdirSync(directory).filter((name) => !known.includes(name)),
    );
  });
}

/** One of them, compiled again in a folder that has nothing to do with the first. */
async function checkReproducible(scratch: string): Promise<void> {
  const release = NODE_RELEASES.at(-1);
  if (release === undefined) return;
  const name = prebuildName(release.abi);
  await check(`${name} is the same when it is compiled elsewhere`, () => {
    const root = join(scratch, 'another', 'folder');
    mirror(projectRoot, root);
    symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
    const again = join(scratch, name);
    buildRelease(root, release, again);
    const first = join(projectRoot, prebuildDirectory, name);
    if (!readFileSync(first).equals(readFileSync(again)))
      throw new Error('it is another one');
  });
}

async function checkOnEveryNode(consumer: Consumer): Promise<void> {
  await check('installing it compiled nothing', () => {
    if (consumer.wasCompiledOnInstall)
      throw new Error('there is a build/ directory');
  });
  await check('its types compile, as ESM and as CommonJS', () =>
    consumer.checkTypes(),
  );
  for (const release of NODE_RELEASES) {
    const node = nodeBinary(release);
    const on = `on Node ${release.version}`;
    await check(`require ${on}`, () =>
      expectFrames(consumer.report(node, 'require.cjs')),
    );
    await check(`import ${on}`, () =>
      expectFrames(consumer.report(node, 'import.mjs')),
    );
    await check(`--require asynctb/register ${on}`, async () => {
      await consumer.dumpOf(node, '--require');
    });
    await check(`--import asynctb/register ${on}`, async () => {
      await consumer.dumpOf(node, '--import');
    });
  }
}

/** Those of the ABIs that are built for, and none that the project's tests run on. */
async function checkOnOtherNodes(consumer: Consumer): Promise<void> {
  for (const release of OTHER_NODES) {
    const node = nodeBinary(release);
    await check(`require and dump on Node ${release.version}`, async () => {
      expectFrames(consumer.report(node, 'require.cjs'));
      await consumer.dumpOf(node, '--require');
    });
  }
}

async function checkPackageManagers(tarball: string): Promise<void> {
  for (const manager of PACKAGE_MANAGERS) {
    await check(`${manager.name} installs it, compiles nothing`, async () => {
      const consumer = new Consumer(tarball, manager);
      try {
        if (consumer.wasCompiledOnInstall)
          throw new Error('there is a build/ directory');
        expectFrames(consumer.report(process.execPath, 'require.cjs'));
        expectFrames(consumer.report(process.execPath, 'import.mjs'));
        await consumer.dumpOf(process.execPath, '--require');
      } finally {
        rmSync(consumer.directory, { recursive: true });
      }
    });
  }
}

async function checkBundlers(
  consumer: Consumer,
  scratch: string,
): Promise<void> {
  for (const bundler of BUNDLERS) {
    let bundle = '';
    await check(`${bundler.name}: works beside the package`, () => {
      bundle = bundler.bundle(consumer.directory, 'bundled.mjs');
      expectFrames(consumer.report(process.execPath, bundle));
    });
    await check(`${bundler.name}: starts without it, and says so`, () => {
      const alone = join(scratch, basename(bundle));
      cpSync(bundle, alone);
      // webpack writes down where the package was when it was bundled.
      const installed = join(consumer.directory, 'node_modules', 'asynctb');
      renameSync(installed, `${installed}-away`);
      const { stdout, stderr, status } = spawnSync(process.execPath, [alone], {
        encoding: 'utf8',
      });
      renameSync(`${installed}-away`, installed);
      if (status !== 0 || !/^asynctb was bundled.*external.*\n$/.test(stderr))
        throw new Error(stdout + stderr);
    });
  }
}

/** Other runtimes, which are named, and to which nothing happens. */
async function checkRuntimes(consumer: Consumer): Promise<void> {
  for (const { name, tool, program, args } of RUNTIMES) {
    await check(`${name}: is named, and claims nothing`, () => {
      const { stdout, stderr, status } = spawnSync(
        join(toolDirectory(tool), program),
        [...args, 'require.cjs'],
        { cwd: consumer.directory, encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(stdout + stderr);
      const report = JSON.parse(stdout) as ConsumerReport;
      const reasons = Object.values(report.capabilities);
      const isRight = reasons.every(
        ({ available, reason }) =>
          !available && reason?.startsWith(`this is ${name} `) === true,
      );
      if (!isRight) throw new Error(stdout);
    });
  }
}

async function checkWithoutBinary(consumer: Consumer): Promise<void> {
  rmSync(join(consumer.package, 'prebuilds'), { recursive: true, force: true });
  let command: string | undefined;
  await check(
    'without a binary, it loads and names the command that builds one',
    () => {
      command = buildCommandIn(
        consumer.report(process.execPath, 'require.cjs'),
      );
      if (command === undefined)
        throw new Error('capabilities() names no command');
    },
  );
  await check(`that command works: ${command ?? '(none)'}`, () => {
    if (command === undefined) throw new Error('there is none');
    execSync(command, {
      cwd: consumer.directory,
      stdio: 'pipe',
      env: cleanEnvironment(),
    });
    expectFrames(consumer.report(process.execPath, 'require.cjs'));
  });
}

async function main(): Promise<void> {
  await checkBinaries();
  const scratch = mkdtempSync(join(tmpdir(), 'asynctb-package-'));
  let consumer: Consumer | undefined;
  let file = '';
  try {
    await check('it can be packed and installed', () => {
      const tarball = pack(projectRoot, scratch);
      console.log(
        `        ${tarball.contents.length} files, ${Math.ceil(tarball.packedBytes / 1024)} kB packed`,
      );
      file = tarball.file;
      consumer = new Consumer(file);
    });
    if (consumer !== undefined) {
      for (const { name, lint } of PACKAGE_LINTS) {
        await check(name, () => expectNothing([lint(file)].filter(Boolean)));
      }
      await checkOnEveryNode(consumer);
      await checkOnOtherNodes(consumer);
      await checkPackageManagers(file);
      await checkBundlers(consumer, scratch);
      await checkRuntimes(consumer);
      await checkWithoutBinary(consumer);
    }
    await checkReproducible(scratch);
  } finally {
    rmSync(scratch, { recursive: true });
    if (consumer !== undefined) rmSync(consumer.directory, { recursive: true });
  }
  console.log(`\n${totalsLine({ passed, failed, skipped: 0 })}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
