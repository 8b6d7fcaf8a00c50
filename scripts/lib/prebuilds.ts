// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The binaries of a release for the platform of this process: where they are, and how they are made. */

import { spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prebuiltPath } from '../../lib/engine/find-binary';
import { nodeDirectory, type NodeRelease } from './nodes';

const LIBC = 'glibc';

/** Relative to the package. */
export function prebuildPath({
  abi,
}: {
  readonly abi: number | string;
}): string {
  return prebuiltPath(process.platform, process.arch, LIBC, String(abi));
}

export function prebuildName(abi: number | string): string {
  return basename(prebuildPath({ abi }));
}

export const prebuildDirectory = dirname(prebuildPath({ abi: '' }));

/**
 * Compiles the project at `root` for a release, as it ships: stripped, and the same bytes wherever
 * that is.
 */
export function buildRelease(
  root: string,
  release: NodeRelease,
  output: string,
): void {
  const script = `
    import { buildNative } from ${JSON.stringify(pathToFileURL(join(root, 'scripts', 'build-native.mjs')))};
    buildNative(${JSON.stringify({
      version: release.version,
      nodedir: nodeDirectory(release),
      defines: 'asynctb_werror=1 asynctb_release=1',
      output,
    })});`;
  // In a process of its own: the sources are those beside the script.
  run(process.execPath, ['--input-type=module', '--eval', script]);
  run('strip', ['--strip-all', output]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  }
}
