// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { displayPath } from '../format/location.js';

const WINDOWS_PATH = /^[A-Za-z]:[\\/]/;

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
  const match = /^data:[^,]*?(;base64)?,/i.exec(url);
  if (match === null) return null;
  const body = url.slice(match[0].length);
  return match[1] === undefined
    ? decodeURIComponent(body)
    : Buffer.from(body, 'base64').toString('utf8');
}
