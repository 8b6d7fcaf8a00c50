// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run test262 -- <checkout> [--node 24] [--filter text] [--most 500]`: the files of a checkout of test262 that are
 * about promises, async functions and generators, each in a process without asynctb and in one with it that is
 * dumped at random moments. The outcomes must be the same; differences are listed.
 */

import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nodeBinary, selectReleases } from './lib/nodes';
import { projectRoot } from './lib/suite';
import { syncWorktree } from './lib/worktree';
import { findFiles } from './test262/files';
import { outcomeOf, type Place } from './test262/run';
import { spawnSync } from 'node:child_process';

const { releases, rest } = selectReleases(process.argv.slice(2));
const { values, positionals } = parseArgs({
  args: [...rest],
  allowPositionals: true,
  options: {
    filter: { type: 'string', default: '' },
    /** At most so many files, evenly spread. */
    most: { type: 'string' },
    jobs: { type: 'string' },
  },
});

function place(): Place {
  // One Node is enough: the one that runs this, unless another one is named.
  const release =
    releases.length === 1
      ? releases[0]
      : releases.find(({ version }) => version === process.versions.node);
  if (release === undefined || release.version === process.versions.node) {
    return { node: process.execPath, root: projectRoot };
  }
  const node = nodeBinary(release);
  const root = syncWorktree('matrix', release.version);
  const { status } = spawnSync(node, ['scripts/setup.mjs'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`no build for Node ${release.version}`);
  return { node, root };
}

async function main(): Promise<void> {
  const [checkout] = positionals;
  if (checkout === undefined || !existsSync(join(checkout, 'harness'))) {
    throw new Error(
      'say where a checkout of test262 is: npm run test262 -- <checkout>',
    );
  }
  const where = place();
  const folder = resolve(checkout);
  const files = findFiles(folder, values.filter);
  const most = Math.min(Number(values.most ?? files.length), files.length);
  const chosen = Array.from(
    { length: most },
    (_, index) => files[Math.floor((index * files.length) / most)] as string,
  );
  let passed = 0;
  let failed = 0;
  let inVain = 0;
  let at = 0;
  const work = async (): Promise<void> => {
    for (let file = chosen[at++]; file !== undefined; file = chosen[at++]) {
      const without = await outcomeOf(folder, file, where, false);
      const dumped = await outcomeOf(folder, file, where, true);
      if (without === 'skipped') inVain++;
      else if (without === dumped) passed++;
      else {
        failed++;
        console.log(
          `DIFFERS ${file}\n  without: ${without}\n  with dumps: ${dumped}`,
        );
      }
    }
  };
  const jobs = Number(values.jobs ?? availableParallelism());
  await Promise.all(Array.from({ length: jobs }, work));
  console.log(
    `${passed} passed, ${failed} failed${inVain > 0 ? `, ${inVain} not for this host` : ''}`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
