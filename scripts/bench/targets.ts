// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { spawnSync } from 'node:child_process';
import { nodeBinary, type NodeRelease, selectReleases } from '../lib/nodes';
import { projectRoot } from '../lib/suite';
import { syncWorktree } from '../lib/worktree';
import type { Target } from './program';

/** The Node that runs this, and the project where it is. */
export const HERE: Target = {
  node: process.execPath,
  version: process.versions.node,
  root: projectRoot,
};

/** Targets for names such as `24` or `24.21.0`, with the project built for each. */
export function targetsFor(names: readonly string[]): Target[] {
  if (names.length === 0) return [];
  const args = names.flatMap((name) => ['--node', name]);
  return selectReleases(args).releases.map((release) =>
    release.version === HERE.version ? HERE : build(release),
  );
}

function build(release: NodeRelease): Target {
  const { version } = release;
  const node = nodeBinary(release);
  const root = syncWorktree('bench', version);
  const { status } = spawnSync(node, ['scripts/setup.mjs'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`not built for Node ${version}`);
  return { node, version, root };
}
