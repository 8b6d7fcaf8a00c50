// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Which file is the addon for this process: by what the process is, and nothing else. No environment
 * variable has a say, as it would be a way to have native code loaded, or to hide it.
 */

import { StringPrototypeIncludes } from '../base/primordials.js';
import { newBuffer } from '../base/node-buffer.js';
import { arch, nodeProcess, platform, versions } from '../base/node-process.js';
import { join } from 'node:path';

type Fs = Pick<
  typeof import('node:fs'),
  'closeSync' | 'existsSync' | 'openSync' | 'readSync'
>;

/** The first part of a program, in which its headers and the name of its loader stand. */
const HEAD_BYTES = 4096;

/** Which C library this Node was linked with: its loader's name says so. */
function libcOf(fs: Fs): 'glibc' | 'musl' {
  try {
    const file = fs.openSync(nodeProcess.execPath, 'r');
    try {
      const head = newBuffer(HEAD_BYTES);
      const length = fs.readSync(file, head, 0, HEAD_BYTES, 0);
      return StringPrototypeIncludes(
        head.toString('latin1', 0, length),
        '/ld-musl-',
      )
        ? 'musl'
        : 'glibc';
    } finally {
      fs.closeSync(file);
    }
  } catch {
    return 'glibc';
  }
}

/** The name of the binary of a release; shared with `scripts/lib/prebuilds.ts`. */
export function prebuiltPath(
  platform: string,
  arch: string,
  libc: string,
  abi: string,
): string {
  const suffix = platform === 'linux' ? `.${libc}` : '';
  return join(
    'prebuilds',
    `${platform}-${arch}`,
    `asynctb.abi${abi}${suffix}.node`,
  );
}

/** The name of one compiled here; shared with `scripts/build-native.mjs`. */
export function builtPath(abi: string): string {
  return join('build', 'Release', `asynctb.abi${abi}.node`);
}

/** The binary for this process in the package at `root`; null when there is none. */
export function findBinary(root: string): string | null {
  const fs = require('node:fs') as Fs;
  const abi = versions.modules ?? '';
  // What somebody has compiled here was meant to be used.
  const built = join(root, builtPath(abi));
  if (fs.existsSync(built)) return built;
  const libc = platform === 'linux' ? libcOf(fs) : '';
  const prebuilt = join(root, prebuiltPath(platform, arch, libc, abi));
  return fs.existsSync(prebuilt) ? prebuilt : null;
}

/** The directory that holds package.json, wherever the bundler has put this file. */
export function packageRoot(): string {
  // On Node 18 the first `require` of fs brings streams along, so not before it is needed.
  const { existsSync } = require('node:fs') as Fs;
  // A bundle that is an ES module has none.
  const own = typeof __dirname === 'string' ? __dirname : '/';
  let directory = own;
  for (let up = 0; up < 3; up++) {
    if (existsSync(join(directory, 'package.json'))) return directory;
    directory = join(directory, '..');
  }
  return join(own, '..');
}
