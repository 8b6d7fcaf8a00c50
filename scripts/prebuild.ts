// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run prebuild [-- --node 24]`: one stripped binary an ABI into prebuilds/, by prebuildify,
 * each with the headers of that Node's npm package. The addon touches V8 itself, so a binary
 * fits one ABI and never all of them, as one made with Node-API alone would.
 */

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cleanEnvironment } from './build-native.mjs';
import { nodeDirectory, selectReleases, type NodeRelease } from './lib/nodes';
import { prebuildPath } from './lib/prebuilds';
import { projectRoot } from './lib/suite';
import { syncWorktree } from './lib/worktree';

function prebuild(release: NodeRelease): void {
  const start = Date.now();
  const nodedir = nodeDirectory(release);
  // In a directory of its own, because prebuildify empties build/ and takes the binary from it.
  const cwd = syncWorktree('prebuild', release.version);
  const logFile = join(cwd, '.cache', 'prebuild.log');
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const { status } = spawnSync(
    process.execPath,
    [
      join(projectRoot, 'node_modules', 'prebuildify', 'bin.js'),
      '--no-napi',
      '--strip',
      `--target=${release.version}`,
      `--out=${projectRoot}`,
    ],
    {
      cwd,
      stdio: ['ignore', log, log],
      env: {
        ...cleanEnvironment(),
        // The only way to hand node-gyp its headers through prebuildify.
        npm_config_nodedir: nodedir,
        GYP_DEFINES: 'asynctb_werror=1',
        JOBS: 'max',
      },
    },
  );
  closeSync(log);
  if (status !== 0) {
    throw new Error(
      `prebuildify failed for Node ${release.version}:\n${readFileSync(logFile, 'utf8')}`,
    );
  }
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(`${prebuildPath(release)} (${seconds} s)`);
}

const { releases, rest } = selectReleases(process.argv.slice(2));
if (rest.length > 0) throw new Error(`unknown argument ${rest.join(' ')}`);
for (const release of releases) {
  rmSync(join(projectRoot, prebuildPath(release)), { force: true });
}
for (const release of releases) prebuild(release);
