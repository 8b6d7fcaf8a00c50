// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayCopy, MapPrototypeKeys } from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
} from '../base/primordials.js';
import { isOfTestRunner } from './test-runners.js';
import { plainSite, Site, type SourcePosition } from '../model/site.js';
import { loadBinding } from '../engine/binding.js';
import type { RawSite } from '../base/raw.js';
import { type Lookup, type Origin, ScriptMap } from './script-map.js';

/** Decoded maps are large; the one that was used the longest time ago goes first. */
const MAX_MAPS = 256;

/** By V8's number of the script, which is never used again within a thread. */
const maps = new GlobalMap<number, ScriptMap>();

/** What the map of this thread's code says of a position. */
function lookUp(
  script: number,
  position: SourcePosition,
  sourceMapUrl: () => string,
): Lookup | null {
  const { scriptName, lineNumber, columnNumber } = position;
  if (script === 0 || lineNumber === null) return null;
  let map = MapPrototypeGet(maps, script);
  if (map === undefined) {
    map = new ScriptMap(scriptName, sourceMapUrl());
  } else {
    MapPrototypeDelete(maps, script);
  }
  MapPrototypeSet(maps, script, map);
  if (MapPrototypeGetSize(maps) > MAX_MAPS) {
    const { 0: oldest } = ArrayCopy(MapPrototypeKeys(maps));
    if (oldest !== undefined) MapPrototypeDelete(maps, oldest);
  }
  return map.lookUp(lineNumber, columnNumber ?? 1);
}

/** Where a position of this thread's code comes from; null when that is the position itself. */
export function originOf(
  script: number,
  position: SourcePosition,
  sourceMapUrl: () => string,
): Origin | null {
  return lookUp(script, position, sourceMapUrl)?.origin ?? null;
}

/** A site at the position in its source. */
export function sourceSite(
  plain: Site,
  script: number,
  sourceMapUrl: () => string,
): Site {
  const found = lookUp(script, plain, sourceMapUrl);
  if (found === null) return plain;
  if (found.origin !== null) return plain.at(found.origin);
  return found.note === null ? plain : plain.noting(found.note);
}

/** A site of this thread, at the position in its source. */
export function liveSite(raw: RawSite): Site {
  const plain = plainSite(raw);
  const script = raw[7] ?? 0;
  const site = sourceSite(plain, script, () =>
    loadBinding().sourceMapUrl(script),
  );
  site.hide = isOfTestRunner(plain);
  return site;
}
