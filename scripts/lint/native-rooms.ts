// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `tsx scripts/lint/native-rooms.ts`: checks that the rooms of `native/` include in one direction, so that their
 * graph has no circles, and that each file stands in one (`docs/architecture.md`).
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** From the bottom to the top: a room includes from those below it. */
export const ROOMS = [
  'base',
  'memory',
  'v8',
  'text',
  'layout',
  'sites',
  'heap',
  'running',
  'threads',
  'values',
  'watcher',
  'binding',
];

/** Headers of V8's and Node's, which the lowest room does without. */
const FOREIGN = /^(v8|node|napi|uv)[-_.\w]*\.h$/;

/** `node.h` before Node-API's own header asks for functions that older Nodes lack. */
const COMPAT = 'v8/v8_compat.h';

const NATIVE = resolve(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'native',
);

/**
 * What is wrong with one file, one sentence each.
 *
 * @param path Below `native/`.
 */
export function faultsOf(path: string, text: string): string[] {
  const room = path.split('/')[0] ?? '';
  const level = ROOMS.indexOf(room);
  if (level < 0) return [`native/${path} stands in no room`];
  const faults: string[] = [];
  for (const [, quoted, angled] of text.matchAll(
    /^#include (?:"([^"]+)"|<([^>]+)>)/gm,
  )) {
    if (quoted === undefined) {
      if (angled === 'node.h' && path !== COMPAT) {
        faults.push(
          `native/${path} includes <node.h>, which ${COMPAT} includes in the right order`,
        );
      }
      if (room === 'base' && FOREIGN.test(angled ?? '')) {
        faults.push(
          `native/${path} includes <${angled}>: base/ knows nothing of V8`,
        );
      }
      continue;
    }
    const above = ROOMS.indexOf(quoted.split('/')[0] ?? '');
    if (above < 0) {
      faults.push(`native/${path} includes "${quoted}" without its room`);
    } else if (above > level) {
      faults.push(`native/${path} includes "${quoted}", which is above it`);
    }
  }
  return faults;
}

function sources(): string[] {
  return readdirSync(NATIVE, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(h|cc)$/.test(entry.name))
    .map((entry) => relative(NATIVE, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('build/'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const faults = sources().flatMap((path) =>
    faultsOf(path, readFileSync(join(NATIVE, path), 'utf8')),
  );
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
