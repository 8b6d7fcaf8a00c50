// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run prebuild [-- --node 24]`: one stripped binary an ABI into prebuilds/, each with the headers
 * of that Node's npm package. The addon touches V8 itself, so a binary fits one ABI and never all of
 * them, as one made with Node-API alone would.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { selectReleases, type NodeRelease } from './lib/nodes';
import { buildRelease, prebuildPath } from './lib/prebuilds';
import { projectRoot } from './lib/suite';
import { syncWorktree } from './lib/worktree';

function prebuild(release: NodeRelease): void {
  const start = Date.now();
  const output = join(projectRoot, prebuildPath(release));
  // In a directory of its own, which keeps what was compiled for this release.
  buildRelease(syncWorktree('prebuild', release.version), release, output);
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(`${prebuildPath(release)} (${seconds} s)`);
}

const { releases, rest } = selectReleases(process.argv.slice(2));
if (rest.length > 0) throw new Error(`unknown argument ${rest.join(' ')}`);
for (const release of releases) {
  rmSync(join(projectRoot, prebuildPath(release)), { force: true });
}
for (const release of releases) prebuild(release);
