// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { textOfBase64 } from '../base/node-buffer.js';
import { displayPath } from '../format/location.js';

const WINDOWS_PATH = /^[A-Za-z]:[\\/]/;
/** Two letters at least, or it is a drive of Windows. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]+:/;
const SCHEME_AND_HOST = /^[A-Za-z][A-Za-z0-9+.-]+:\/\/[^/?#]*/;

export function isWindowsPath(path: string): boolean {
  return WINDOWS_PATH.test(path);
}

/** A script's path as the URL that its map is relative to; '' for what is no file. */
export function baseUrl(scriptName: string): string {
  if (scriptName.startsWith('file://')) return scriptName;
  const path = WINDOWS_PATH.test(scriptName)
    ? `/${scriptName.replaceAll('\\', '/')}`
    : scriptName;
  if (!path.startsWith('/')) return '';
  return `file://${path.replace(/[%?#]/g, encodeURIComponent)}`;
}

/** The path of a `file:` URL on this machine; '' for anything else. */
export function pathOf(url: string): string {
  if (!url.startsWith('file:///')) return '';
  const path = displayPath(url, null);
  return path.startsWith('file:') ? '' : path;
}

/**
 * What `reference` means beside `base`, which may be empty. `URL` is not used: a map's names are no
 * URLs where a tool has written paths, and a bare context of V8 has none.
 */
export function resolveUrl(reference: string, base: string): string {
  if (SCHEME.test(reference)) return normalizeUrl(reference);
  const [origin = ''] = SCHEME_AND_HOST.exec(base) ?? [];
  if (reference.startsWith('//')) {
    return normalizeUrl(/^[^/]*/.exec(base)?.[0] + reference);
  }
  if (reference.startsWith('/')) return origin + normalizePath(reference);
  const folder = base.slice(origin.length).replace(/[?#].*$/s, '');
  return (
    origin +
    normalizePath(folder.slice(0, folder.lastIndexOf('/') + 1) + reference)
  );
}

function normalizeUrl(url: string): string {
  const [origin] = SCHEME_AND_HOST.exec(url) ?? [];
  return origin === undefined
    ? url
    : origin + normalizePath(url.slice(origin.length));
}

/** Without `.` and `..`, as far as there is something to go up from. */
function normalizePath(path: string): string {
  const tail = path.search(/[?#]/);
  const end = tail < 0 ? path.length : tail;
  const segments: string[] = [];
  const isAbsolute = path.startsWith('/');
  for (const segment of path.slice(0, end).split('/')) {
    const last = segments.at(-1);
    if (segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (last !== undefined && last !== '..' && last !== '') segments.pop();
    else if (!isAbsolute) segments.push(segment);
  }
  return segments.join('/') + path.slice(end);
}

/** A source's name together with the map's `sourceRoot`. */
export function underRoot(root: string, source: string): string {
  const isWhole =
    root === '' ||
    source.startsWith('/') ||
    WINDOWS_PATH.test(source) ||
    SCHEME.test(source);
  if (isWhole) return source;
  return root.endsWith('/') ? root + source : `${root}/${source}`;
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
  if (WINDOWS_PATH.test(written)) return written;
  if (scriptName.startsWith('file:')) return resolved;
  return pathOf(resolved) || resolved;
}

/** The text in a `data:` URL; null when it is none. */
export function dataOf(url: string): string | null {
  if (!/^data:/i.test(url)) return null;
  const comma = url.indexOf(',');
  if (comma < 0) return null;
  const body = url.slice(comma + 1);
  return /;base64$/i.test(url.slice(0, comma))
    ? textOfBase64(body)
    : decodeURIComponent(body);
}
