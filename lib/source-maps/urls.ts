// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeAt, ArrayPrototypePush } from '../base/lists.js';
import {
  RegExpReplaceIn,
  RegExpSearchIn,
  RegExpTest,
  StringPrototypeReplaceAll,
  StringPrototypeSplit,
} from '../base/patterns.js';
import {
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  GlobalDecodeURIComponent,
  GlobalEncodeURIComponent,
  RegExpPrototypeExec,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { displayPath } from '../format/location.js';

const WINDOWS_PATH = /^[A-Za-z]:[\\/]/;
/** Two letters at least, or it is a drive of Windows. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]+:/;
const SCHEME_AND_HOST = /^[A-Za-z][A-Za-z0-9+.-]+:\/\/[^/?#]*/;

export function isWindowsPath(path: string): boolean {
  return RegExpTest(WINDOWS_PATH, path);
}

/** A script's path as the URL that its map is relative to; '' for what is no file. */
export function baseUrl(scriptName: string): string {
  if (StringPrototypeStartsWith(scriptName, 'file://')) return scriptName;
  const path = RegExpTest(WINDOWS_PATH, scriptName)
    ? `/${StringPrototypeReplaceAll(scriptName, '\\', '/')}`
    : scriptName;
  if (!StringPrototypeStartsWith(path, '/')) return '';
  return `file://${RegExpReplaceIn(path, /[%?#]/g, GlobalEncodeURIComponent)}`;
}

/** The path of a `file:` URL on this machine; '' for anything else. */
export function pathOf(url: string): string {
  if (!StringPrototypeStartsWith(url, 'file:///')) return '';
  const path = displayPath(url, null);
  return StringPrototypeStartsWith(path, 'file:') ? '' : path;
}

/**
 * What `reference` means beside `base`, which may be empty. `URL` is not used: a map's names are no
 * URLs where a tool has written paths, and a bare context of V8 has none.
 */
export function resolveUrl(reference: string, base: string): string {
  if (RegExpTest(SCHEME, reference)) return normalizeUrl(reference);
  const { 0: origin = '' } = RegExpPrototypeExec(SCHEME_AND_HOST, base) ?? [];
  if (StringPrototypeStartsWith(reference, '//')) {
    const { 0: scheme = '' } = RegExpPrototypeExec(/^[^/]*/, base) ?? [];
    return normalizeUrl(scheme + reference);
  }
  if (StringPrototypeStartsWith(reference, '/'))
    return origin + normalizePath(reference);
  const folder = RegExpReplaceIn(
    StringPrototypeSlice(base, origin.length),
    /[?#].*$/s,
    '',
  );
  return (
    origin +
    normalizePath(
      StringPrototypeSlice(
        folder,
        0,
        StringPrototypeLastIndexOf(folder, '/') + 1,
      ) + reference,
    )
  );
}

function normalizeUrl(url: string): string {
  const { 0: origin } = RegExpPrototypeExec(SCHEME_AND_HOST, url) ?? [];
  return origin === undefined
    ? url
    : origin + normalizePath(StringPrototypeSlice(url, origin.length));
}

/** Without `.` and `..`, as far as there is something to go up from. */
function normalizePath(path: string): string {
  const tail = RegExpSearchIn(path, /[?#]/);
  const end = tail < 0 ? path.length : tail;
  const segments: string[] = [];
  const isAbsolute = StringPrototypeStartsWith(path, '/');
  for (const segment of StringPrototypeSplit(
    StringPrototypeSlice(path, 0, end),
    '/',
  )) {
    const last = ArrayPrototypeAt(segments, -1);
    if (segment === '.') continue;
    if (segment !== '..') ArrayPrototypePush(segments, segment);
    else if (last !== undefined && last !== '..' && last !== '')
      ArrayPrototypePop(segments);
    else if (!isAbsolute) ArrayPrototypePush(segments, segment);
  }
  return ArrayPrototypeJoin(segments, '/') + StringPrototypeSlice(path, end);
}

/** A source's name together with the map's `sourceRoot`. */
export function underRoot(root: string, source: string): string {
  const isWhole =
    root === '' ||
    StringPrototypeStartsWith(source, '/') ||
    RegExpTest(WINDOWS_PATH, source) ||
    RegExpTest(SCHEME, source);
  if (isWhole) return source;
  return StringPrototypeEndsWith(root, '/')
    ? root + source
    : `${root}/${source}`;
}

/**
 * What a source is called, in the form that its script's name has: a path or a URL. `resolved` is
 * the name in the map after it was resolved as a URL, which a path of Windows cannot be.
 */
export function sourceName(
  written: string,
  resolved: string,
  scriptName: string,
): string {
  if (RegExpTest(WINDOWS_PATH, written)) return written;
  if (StringPrototypeStartsWith(scriptName, 'file:')) return resolved;
  return pathOf(resolved) || resolved;
}

/** What a `data:` URL holds; null when it is none. Throws when its text is damaged. */
export function dataOf(
  url: string,
): { readonly text: string; readonly isBase64: boolean } | null {
  if (!RegExpTest(/^data:/i, url)) return null;
  const comma = StringPrototypeIndexOf(url, ',');
  if (comma < 0) return null;
  const body = StringPrototypeSlice(url, comma + 1);
  return RegExpTest(/;base64$/i, StringPrototypeSlice(url, 0, comma))
    ? { text: body, isBase64: true }
    : { text: GlobalDecodeURIComponent(body), isBase64: false };
}
