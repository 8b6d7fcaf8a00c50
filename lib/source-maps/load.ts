// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpReplaceIn } from '../base/patterns.js';
import {
  JSONParse,
  ObjectGetOwnPropertyDescriptor,
  ReflectApply,
} from '../base/primordials.js';
import { findSourceMap as currentFindSourceMap, SourceMap } from 'node:module';
import { can } from '../engine/capabilities.js';
import { loadBinding } from '../engine/binding.js';
import { BadMap } from './mappings.js';
import { PlainMap } from './plain-map.js';
import type { SourceTree } from './source-tree.js';
import { baseUrl, dataOf, pathOf, resolveUrl } from './urls.js';

// Now, before the program can have put functions of its own in their place.
const findSourceMap = currentFindSourceMap;
// Other runtimes have none.
const { prototype } = SourceMap ?? {};
const payloadOf =
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this`
  prototype && ObjectGetOwnPropertyDescriptor(prototype, 'payload')?.get;

/** What the map's text says besides JSON: a guard against being run as a script. */
const GUARD = /^\)\]\}'[^\n]*\n/;

/** A map, and the URL that the names of its sources are relative to. */
export interface LoadedMap {
  readonly map: PlainMap;
  readonly base: string;
  /** The map is in the script. */
  readonly isInline: boolean;
}

/**
 * The map of a script; null when there is none. `url` is what the script says of its map. Nothing is
 * fetched: a map is in the script itself or a file of the script's tree.
 * @throws {BadMap} when there is one that cannot be used.
 */
export function loadMap(
  scriptName: string,
  url: string,
  tree: SourceTree,
): LoadedMap | null {
  const base = baseUrl(scriptName);
  const data = dataText(url);
  if (data !== null) return { map: parse(data), base, isInline: true };
  const file = resolveUrl(url, base);
  // Another scheme or host has no path here.
  const path = pathOf(file);
  if (path !== '' && !tree.holds(path)) {
    throw new BadMap("it is outside of the script's own folders");
  }
  const kept = keptByNode(scriptName);
  const isInline = false;
  if (kept !== undefined)
    return { map: new PlainMap(kept), base: file, isInline };
  const text = path === '' ? null : tree.readMap(path);
  return text === null ? null : { map: parse(text), base: file, isInline };
}

/**
 * With --enable-source-maps: the map of a file as it was when the script was loaded, its sources resolved
 * already.
 */
function keptByNode(scriptName: string): unknown {
  try {
    const map = findSourceMap(scriptName);
    return map === undefined || payloadOf === undefined
      ? undefined
      : ReflectApply(payloadOf, map, []);
  } catch {
    return undefined;
  }
}

function dataText(url: string): string | null {
  try {
    return dataOf(url);
  } catch {
    throw new BadMap('its text is damaged');
  }
}

/** A parsed map takes a few times its text's size. */
const ROOM = 4;

function parse(text: string): PlainMap {
  if (can('native') && !loadBinding().hasRoom(ROOM * text.length)) {
    throw new BadMap('there is no memory left to read it');
  }
  let json: unknown;
  try {
    json = JSONParse(RegExpReplaceIn(text, GUARD, ''));
  } catch {
    throw new BadMap('it is no JSON');
  }
  return new PlainMap(json);
}
