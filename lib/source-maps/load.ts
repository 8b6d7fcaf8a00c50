// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { findSourceMap as currentFindSourceMap } from 'node:module';
import type { SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';
import { can } from '../native/capabilities.js';
import { loadBinding } from '../native/binding.js';
import { baseUrl, dataOf, pathOf } from './urls.js';

// Now, before the program can have put a function of its own in its place.
const findSourceMap = currentFindSourceMap;

/** A map, decoded, with its sources as URLs where they can be. */
export type DecodedMap = TraceMap;

/** What the map's text says besides JSON: a guard against being run as a script. */
const GUARD = /^\)\]\}'[^\n]*\n/;

/**
 * The map of a script, or null when there is none that can be read. `url` is what the script
 * says of its map. Nothing is fetched: a map is in the script itself or a file.
 */
export function loadMap(scriptName: string, url: string): DecodedMap | null {
  const base = baseUrl(scriptName);
  return fromNode(scriptName) ?? decode(...ownMap(base, url));
}

/** What Node keeps with --enable-source-maps: the map as it was when the script was loaded. */
function fromNode(scriptName: string): DecodedMap | null {
  try {
    const payload: unknown = findSourceMap(scriptName)?.payload;
    return payload === undefined ? null : decode(payload, '');
  } catch {
    return null;
  }
}

function ownMap(base: string, url: string): [map: unknown, url: string] {
  try {
    const text = dataOf(url);
    if (text !== null) return [parse(text), base];
    // Another scheme or host has no path here: nothing is fetched.
    const file = new URL(url, base).href;
    return [parse(readText(pathOf(file)) ?? 'null'), file];
  } catch {
    return [null, ''];
  }
}

function parse(text: string): unknown {
  return JSON.parse(text.replace(GUARD, ''));
}

/** Indexed maps are flattened. */
function decode(map: unknown, url: string): DecodedMap | null {
  if (typeof map !== 'object' || map === null) return null;
  try {
    const { FlattenMap } = library();
    return FlattenMap(map as SourceMapInput, url);
  } catch {
    return null;
  }
}

/** Not before a script with a map is met: importing asynctb loads nothing. */
export function library(): typeof import('@jridgewell/trace-mapping') {
  return require('@jridgewell/trace-mapping') as typeof import('@jridgewell/trace-mapping');
}

/**
 * By the addon and not by `node:fs`, whose functions may be the program's. Null for what is not an
 * ordinary file, or is too long.
 */
export function readText(path: string): string | null {
  return path !== '' && can('native') ? loadBinding().readText(path) : null;
}
