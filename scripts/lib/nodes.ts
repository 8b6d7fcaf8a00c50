// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The Node releases that are built for and tested on, one for each ABI. */

import { join } from 'node:path';
import { fetchNode } from '../build-native.mjs';
import { projectRoot } from './suite';

export interface NodeRelease {
  readonly version: string;
  readonly abi: number;
}

export const NODE_RELEASES: readonly NodeRelease[] = [
  { version: '18.20.8', abi: 108 },
  { version: '20.20.2', abi: 115 },
  { version: '22.23.3', abi: 127 },
  { version: '24.21.0', abi: 137 },
  { version: '25.9.0', abi: 141 },
  { version: '26.10.0', abi: 147 },
];

/**
 * Others that a binary has to load in: the oldest that package.json's `engines` allows, and those in which a
 * line began or got functions that are used.
 */
export const OTHER_NODES: readonly NodeRelease[] = [
  { version: '18.12.0', abi: 108 },
  { version: '18.14.0', abi: 108 },
  { version: '20.0.0', abi: 115 },
  { version: '20.9.0', abi: 115 },
  { version: '20.11.0', abi: 115 },
  { version: '20.13.0', abi: 115 },
  { version: '22.0.0', abi: 127 },
  { version: '24.0.0', abi: 137 },
];

/** The directory of an unpacked official build, fetched from npm when it is not there yet. */
export function nodeDirectory({ version }: NodeRelease): string {
  return fetchNode(version, join(projectRoot, '.cache', 'nodes'), console.log);
}

export function nodeBinary(release: NodeRelease): string {
  return join(nodeDirectory(release), 'bin', 'node');
}

/** The releases that `--node 24 --node 26.10.0` asks for, and the other arguments. */
export function selectReleases(args: readonly string[]): {
  releases: readonly NodeRelease[];
  rest: readonly string[];
} {
  const wanted: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--node') wanted.push(args[++i] ?? '');
    else if (arg.startsWith('--node='))
      wanted.push(arg.slice('--node='.length));
    else rest.push(arg);
  }
  if (wanted.length === 0) return { releases: NODE_RELEASES, rest };
  const matches = (version: string, name: string): boolean =>
    name !== '' && `${version}.`.startsWith(`${name}.`);
  for (const name of wanted) {
    if (!NODE_RELEASES.some(({ version }) => matches(version, name))) {
      const known = NODE_RELEASES.map(({ version }) => version).join(', ');
      throw new Error(`--node ${name}: not one of ${known}`);
    }
  }
  const releases = NODE_RELEASES.filter(({ version }) =>
    wanted.some((name) => matches(version, name)),
  );
  return { releases, rest };
}
