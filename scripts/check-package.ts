// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run check:prebuilds`: what has to hold before the package may be published. Every target
 * has its stripped binary; the packed package, installed in an empty directory with no compiler
 * in sight, works on every Node; and without a binary, the command that it names builds one.
 */

import { execFileSync, execSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from './build-native.mjs';
import {
  buildCommandIn,
  Consumer,
  pack,
  type ConsumerReport,
} from './lib/consumer';
import { NODE_RELEASES, nodeBinary } from './lib/nodes';
import { prebuildDirectory, prebuildName } from './lib/prebuilds';
import { projectRoot } from './lib/suite';
import { totalsLine } from './lib/totals';

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

function expectStripped(file: string): void {
  const sections = execFileSync('readelf', ['--sections', '--wide', file], {
    encoding: 'utf8',
  });
  if (/\.symtab|\.debug_info/.test(sections))
    throw new Error('it is not stripped');
}

async function checkBinaries(): Promise<void> {
  const directory = join(projectRoot, prebuildDirectory);
  for (const { abi } of NODE_RELEASES) {
    const name = prebuildName(abi);
    await check(`${name} is there and stripped`, () =>
      expectStripped(join(directory, name)),
    );
  }
  await check('there is no other binary', () => {
    const known = NODE_RELEASES.map(({ abi }) => prebuildName(abi));
    const others = readdirSync(directory).filter(
      (name) => !known.includes(name),
    );
    if (others.length > 0) throw new Error(others.join(', '));
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
  try {
    await check('it can be packed and installed', () => {
      const tarball = pack(projectRoot, scratch);
      console.log(
        `        ${tarball.contents.length} files, ${Math.ceil(tarball.packedBytes / 1024)} kB packed`,
      );
      consumer = new Consumer(tarball.file);
    });
    if (consumer !== undefined) {
      await checkOnEveryNode(consumer);
      await checkWithoutBinary(consumer);
    }
  } finally {
    rmSync(scratch, { recursive: true });
    if (consumer !== undefined) rmSync(consumer.directory, { recursive: true });
  }
  console.log(`\n${totalsLine({ passed, failed, skipped: 0 })}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
