// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What a compiled binary needs and offers, as `readelf` tells it, and what must hold of ours. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

function readelf(file: string, ...options: readonly string[]): string {
  return execFileSync('readelf', [...options, '--wide', file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The newest version of each kind that a file needs of its libraries: `GLIBC` → `2.28`. */
function neededVersions(file: string): Map<string, string> {
  const newest = new Map<string, string>();
  const [, needs = ''] = readelf(file, '--version-info').split(
    'Version needs section',
  );
  for (const [, kind = '', version = ''] of needs.matchAll(
    /Name: ([A-Z]+)_([^\s]+)/g,
  )) {
    const known = newest.get(kind);
    if (known === undefined || compareVersions(version, known) > 0)
      newest.set(kind, version);
  }
  return newest;
}

/** What is no number, such as `ABI_DT_RELR` of glibc, is newer than all. */
function compareVersions(a: string, b: string): number {
  if (!/^[\d.]+$/.test(a)) return 1;
  if (!/^[\d.]+$/.test(b)) return -1;
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * What every official Node for Linux x64 needs at least, from 18 on. A Node that needs less was not
 * built to be carried elsewhere.
 */
const FLOOR = new Map([
  ['GLIBC', '2.28'],
  ['GLIBCXX', '3.4.21'],
  ['CXXABI', '1.3.9'],
  ['GCC', '3.4'],
]);

/** Why `file` may not load where `node` runs; empty when it does. */
export function newerThanNode(file: string, node: string): string[] {
  const ofNode = neededVersions(node);
  return [...neededVersions(file)].flatMap(([kind, version]) => {
    const [own, floor] = [ofNode.get(kind) ?? '0', FLOOR.get(kind) ?? '0'];
    const most = compareVersions(own, floor) > 0 ? own : floor;
    return compareVersions(version, most) > 0
      ? [`it needs ${kind}_${version}, and Node only ${kind}_${most}`]
      : [];
  });
}

interface Symbol {
  readonly name: string;
  readonly isDefined: boolean;
  readonly isWeak: boolean;
  readonly isVersioned: boolean;
}

function dynamicSymbols(file: string): Symbol[] {
  return readelf(file, '--dyn-syms')
    .split('\n')
    .flatMap((line) => {
      const [, , , , binding = '', , index = '', symbol = ''] = line
        .trim()
        .split(/\s+/);
      if (!['GLOBAL', 'WEAK', 'UNIQUE'].includes(binding) || symbol === '')
        return [];
      return [
        {
          name: symbol.replace(/@.*/, ''),
          isDefined: index !== 'UND',
          isWeak: binding === 'WEAK',
          isVersioned: symbol.includes('@'),
        },
      ];
    });
}

const exported = new Map<string, Set<string>>();

/** What a Node offers to addons. */
function exportsOf(node: string): Set<string> {
  const names =
    exported.get(node) ??
    new Set(
      dynamicSymbols(node)
        .filter(({ isDefined }) => isDefined)
        .map(({ name }) => name),
    );
  exported.set(node, names);
  return names;
}

/** The names without which `file` does not load, and which `node` lacks. */
export function missingSymbols(file: string, node: string): string[] {
  const offered = exportsOf(node);
  return dynamicSymbols(file)
    .filter((symbol) => !symbol.isDefined && !symbol.isWeak)
    .filter((symbol) => !symbol.isVersioned && !offered.has(symbol.name))
    .map(({ name }) => name);
}

/** All that Node looks for in an addon. */
const ENTRY_POINTS = [
  'napi_register_module_v1',
  'node_api_module_get_api_version_v1',
];

/** `endbr64`, with which each function begins that may be called through a pointer. */
const ENDBR64 = Buffer.from([0xf3, 0x0f, 0x1e, 0xfa]);

/** What is missing of a hardened binary; empty when nothing is. */
export function weaknesses(file: string): string[] {
  const found: string[] = [];
  const dynamic = readelf(file, '--dynamic');
  const segments = readelf(file, '--segments');
  const symbols = dynamicSymbols(file);
  const uses = (pattern: RegExp): boolean =>
    symbols.some(({ name }) => pattern.test(name));
  if (!/GNU_RELRO/.test(segments)) found.push('no RELRO');
  if (!/BIND_NOW|Flags:.*\bNOW\b/.test(dynamic))
    found.push('not bound at once');
  if (!/GNU_STACK.* RW /.test(segments)) found.push('an executable stack');
  if (/TEXTREL|RPATH|RUNPATH/.test(dynamic))
    found.push('relocated text, or a path of its own to libraries');
  if (!uses(/^__stack_chk_fail$/)) found.push('no stack protector');
  if (!uses(/^__(?!stack)\w+_chk$/)) found.push('no _FORTIFY_SOURCE');
  if (process.arch === 'x64') {
    if (!/SHSTK/.test(readelf(file, '--notes')))
      found.push('no word of a shadow stack');
    if (readFileSync(file).indexOf(ENDBR64) < 0)
      found.push('no endbr64 (-fcf-protection)');
  }
  const offered = symbols
    .filter(({ isDefined }) => isDefined)
    .map(({ name }) => name)
    .sort();
  if (offered.join() !== ENTRY_POINTS.join())
    found.push(`it exports ${offered.join(', ')}`);
  return found;
}

/** Which of some paths of this machine are to be found in a file. */
export function traces(file: string, paths: readonly string[]): string[] {
  const content = readFileSync(file);
  return paths
    .filter((path) => path.length > 1 && content.includes(`${path}/`))
    .map((path) => `it mentions ${path}`);
}

export function isStripped(file: string): boolean {
  return !/\.symtab|\.debug_info/.test(readelf(file, '--sections'));
}
