// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What is said when there is no addon: why, and what to do, in one line. */

import { ArrayPrototypeMap } from '../base/lists.js';
import { RegExpReplaceIn, StringPrototypeSplit } from '../base/patterns.js';
import {
  GlobalNumber,
  JSONParse,
  StringPrototypeIncludes,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { arch, nodeProcess, platform, versions } from '../base/node-process.js';
import { join, relative } from 'node:path';
import { reasonOf } from '../base/errors.js';
import { packageRoot } from './find-binary.js';

/** As in package.json's `engines`: what is older lacks functions that the addon needs. */
const OLDEST_MAJOR = 18;
const OLDEST_MINOR = 12;

function isTooOld(node: string): boolean {
  const { 0: major = 0, 1: minor = 0 } = ArrayPrototypeMap(
    StringPrototypeSplit(node, '.'),
    GlobalNumber,
  );
  return (
    major < OLDEST_MAJOR || (major === OLDEST_MAJOR && minor < OLDEST_MINOR)
  );
}

/** What compiles the addon, as one would type it in the program's working directory. */
function buildCommand(root: string): string {
  const script = join(root, 'scripts', 'build-native.mjs');
  let path = script;
  try {
    const below = relative(nodeProcess.cwd(), script);
    if (!StringPrototypeStartsWith(below, '..')) path = below;
  } catch {
    // The working directory is gone.
  }
  return `node ${StringPrototypeIncludes(path, ' ') ? `"${path}"` : path}`;
}

/** Whether this code is still in the package, and not in a program's bundle. */
function isInPackage(root: string): boolean {
  const { readFileSync } = require('node:fs') as typeof import('node:fs');
  try {
    const text = readFileSync(join(root, 'package.json'), 'utf8');
    return (JSONParse(text) as { name?: unknown }).name === 'asynctb';
  } catch {
    return false;
  }
}

function codeOf(cause: unknown): unknown {
  return (cause as { code?: unknown } | null | undefined)?.code;
}

/** `cause`: what finding and loading it has thrown. */
export function whyNoBinary(cause: unknown): string {
  const { node, modules } = versions;
  if (isTooOld(node)) {
    return `asynctb needs Node ${OLDEST_MAJOR}.${OLDEST_MINOR} or newer, and this is ${node}`;
  }
  if (codeOf(cause) === 'ERR_DLOPEN_DISABLED') {
    return 'Node may load no addons here (--no-addons, or --permission without --allow-addons)';
  }
  const root = packageRoot();
  if (!isInPackage(root)) {
    return (
      `asynctb was bundled into ${root}, and its native binary was not: ` +
      "mark 'asynctb' as external in the bundler, and install it where the program runs"
    );
  }
  return (
    `no native binary of asynctb loads in Node ${node} ` +
    `(ABI ${modules}) on ${platform}-${arch}. ` +
    `Build one with: ${buildCommand(root)} (${RegExpReplaceIn(reasonOf(cause), /\s*\n\s*/g, ' ')})`
  );
}
