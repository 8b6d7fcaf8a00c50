// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeSome } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypeIncludes,
  GlobalMap,
  JSONParse,
  MapPrototypeClear,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  ObjectKeys,
  StringPrototypeIncludes,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import type { MapHost } from './host.js';

/**
 * Which files a script's source map may make us read: sources of the program that the script belongs to.
 * A map is text that may come from anywhere, and what it names is printed.
 */
export class SourceTree {
  /** No slash at its end; '' for none. */
  readonly #root: string;
  readonly #script: string;
  readonly #host: MapHost;

  /** `script`: its path, '' for what is no file. */
  constructor(script: string, host: MapHost) {
    this.#host = host;
    this.#script = isPlain(script) ? script : '';
    this.#root =
      this.#script === '' ? '' : rootOf(folderOf(this.#script), host);
  }

  /** By its name: a link that leads out of the tree is found when it is read. */
  holds(path: string): boolean {
    if (!isPlain(path)) return false;
    return (
      path === this.#script ||
      (this.#root !== '' && StringPrototypeStartsWith(path, `${this.#root}/`))
    );
  }

  /** A source's text; null for what cannot be had, or is not to be read. */
  readSource(path: string): string | null {
    return RegExpTest(SOURCE, path) ? this.#read(path, LONGEST_SOURCE) : null;
  }

  /** The text of a map beside the script. */
  readMap(path: string): string | null {
    return this.#read(path, LONGEST_MAP);
  }

  #read(path: string, longest: number): string | null {
    if (!this.holds(path)) return null;
    const root = this.#root === '' ? folderOf(path) : this.#root;
    return this.#host.readText(path, root, longest);
  }
}

const LONGEST_SOURCE = 2 ** 24;
const LONGEST_MAP = 2 ** 27;
const LONGEST_MANIFEST = 2 ** 20;

/** What people write programs in that end up as JavaScript; never data or configuration. */
const SOURCE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|marko|riot|mdx|coffee|litcoffee|ls|civet|imba|flow|es6?|elm|rei?|resi?|mli?|purs|l?hs|kts?|dart|scala|clj[cs]?|fsx?|hx|gleam|as|nim|py|rb|go|rs|zig|c|cc|cpp|cxx|h|hpp|swift|java|cs|peggy|pegjs|jison|ne)$/i;

/** Where compilers put what they make: its sources are beside it. */
const OUTPUT =
  /^(?:out|dist|build|built|lib|libs|bin|es|esm|cjs|umd|mjs|js|commonjs|module|modules|compiled|generated|output|target|server|\.next|\.nuxt|\.output|\.svelte-kit|\.vite|\.cache)(?:[-.]\w+)?$/i;

const MOST_FOLDERS = 64;
const MOST_KNOWN = 1000;
const known = new GlobalMap<string, string>();

function rootOf(folder: string, host: MapHost): string {
  let root = MapPrototypeGet(known, folder);
  if (root === undefined) {
    root = packageRoot(folder, host) ?? aboveOutput(folder);
    if (MapPrototypeGetSize(known) >= MOST_KNOWN) MapPrototypeClear(known);
    MapPrototypeSet(known, folder, root);
  }
  return root;
}

/**
 * The folder of the nearest `package.json` that describes a package; where that is a member of a
 * workspace, the workspace's. Never the root of the file system.
 */
function packageRoot(folder: string, host: MapHost): string | null {
  let found: string | null = null;
  let at = folder;
  for (let up = 0; up < MOST_FOLDERS && at !== ''; up++) {
    const manifest = manifestOf(at, host);
    if (found === null) {
      if (manifest?.isPackage === true) found = at;
    } else if (manifest?.isWorkspace === true) return at;
    if (found === null || !isInstalled(at)) at = folderOf(at);
    else break;
  }
  return found;
}

function isInstalled(folder: string): boolean {
  return StringPrototypeIncludes(folder, '/node_modules/');
}

interface Manifest {
  readonly isPackage: boolean;
  readonly isWorkspace: boolean;
}

function manifestOf(folder: string, host: MapHost): Manifest | null {
  const read = (name: string): string | null =>
    host.readText(`${folder}/${name}`, '', LONGEST_MANIFEST);
  const text = read('package.json');
  if (text === null) return null;
  let json: unknown;
  try {
    json = JSONParse(text);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null) return null;
  const keys = ObjectKeys(json);
  return {
    // In a folder of compiled code it may say no more than how that is to be loaded.
    isPackage: ArrayPrototypeSome(
      keys,
      (key) => key !== 'type' && key !== 'sideEffects',
    ),
    isWorkspace:
      ArrayPrototypeIncludes(keys, 'workspaces') ||
      read('pnpm-workspace.yaml') !== null,
  };
}

/** Without a package: the script's folder, or what that was put into by a compiler. */
function aboveOutput(folder: string): string {
  let at = folder;
  while (
    RegExpTest(
      OUTPUT,
      StringPrototypeSlice(at, StringPrototypeLastIndexOf(at, '/') + 1),
    )
  ) {
    const above = folderOf(at);
    if (above === '') break;
    at = above;
  }
  return at;
}

/** '' for the root. */
function folderOf(path: string): string {
  return StringPrototypeSlice(path, 0, StringPrototypeLastIndexOf(path, '/'));
}

/** Absolute, and no other file than it seems to be. */
function isPlain(path: string): boolean {
  return (
    StringPrototypeStartsWith(path, '/') &&
    !StringPrototypeIncludes(path, '\0') &&
    !RegExpTest(/\/(?:\.\.?)?(?:\/|$)/, path)
  );
}
