// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpReplaceIn } from '../base/patterns.js';
import { JSONParse } from '../base/primordials.js';
import type { MapHost } from './host.js';
import { BadMap } from './mappings.js';
import { PlainMap } from './plain-map.js';
import type { SourceTree } from './source-tree.js';
import { baseUrl, dataOf, pathOf, resolveUrl } from './urls.js';

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
  host: MapHost,
): LoadedMap | null {
  const base = baseUrl(scriptName);
  const data = dataText(url, host);
  if (data !== null) return { map: parse(data, host), base, isInline: true };
  const file = resolveUrl(url, base);
  // Another scheme or host has no path here.
  const path = pathOf(file);
  if (path !== '' && !tree.holds(path)) {
    throw new BadMap("it is outside of the script's own folders");
  }
  const kept = host.keptMap?.(scriptName);
  const isInline = false;
  if (kept !== undefined)
    return { map: new PlainMap(kept), base: file, isInline };
  const text = path === '' ? null : tree.readMap(path);
  return text === null
    ? null
    : { map: parse(text, host), base: file, isInline };
}

function dataText(url: string, host: MapHost): string | null {
  let body;
  try {
    body = dataOf(url);
  } catch {
    throw new BadMap('its text is damaged');
  }
  if (body === null || !body.isBase64) return body?.text ?? null;
  const text = host.textOfBase64(body.text);
  if (text === null) throw new BadMap(NO_MEMORY);
  return text;
}

const NO_MEMORY = 'there is no memory left to read it';
/** A parsed map takes a few times its text's size. */
const ROOM = 4;

function parse(text: string, host: MapHost): PlainMap {
  if (!host.hasRoom(ROOM * text.length)) throw new BadMap(NO_MEMORY);
  let json: unknown;
  try {
    json = JSONParse(RegExpReplaceIn(text, GUARD, ''));
  } catch {
    throw new BadMap('it is no JSON');
  }
  return new PlainMap(json);
}
