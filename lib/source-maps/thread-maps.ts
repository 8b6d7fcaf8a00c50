// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ownProperties } from '../base/own.js';
import { ArrayPrototypeMap, MapFrom, MapPrototypeKeys } from '../base/lists.js';
import {
  DateNow,
  GlobalMap,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
} from '../base/primordials.js';
import {
  type CapturedThread,
  plainSite,
  type Site,
  type SourcePosition,
} from '../model/site.js';
import type { Sites } from '../base/capture.js';
import { originalName } from './function-name.js';
import type { MapHost } from './host.js';
import { type Lookup, ScriptMap } from './script-map.js';

/** Decoded maps are large; the one that was used the longest time ago goes first. */
const MAX_MAPS = 256;
/** All maps together may hold up an answer for so long: the rest of the places are those that V8 gave. */
const PATIENCE_MS = 2_000;
/** An answer is over by then, and the next one may take its time again. */
const WINDOW_MS = 10_000;

const TOO_SLOW: Lookup = {
  origin: null,
  note: 'source map not used: reading the others took too long',
};
const TOO_LONG: Lookup = {
  origin: null,
  note: 'source map not used: the maps within the scripts are too long together',
};

/** What a script says of its map, '' for nothing; null: that was too long to be copied. */
export type UrlOf = (script: number) => string | null;

/** The maps of one thread's scripts, by V8's numbers of them, which a thread never uses again. */
export class ThreadMaps {
  readonly #host: MapHost;
  readonly #maps = new GlobalMap<number, ScriptMap>();
  #windowBegin = 0;
  #spentMs = 0;

  constructor(host: MapHost) {
    this.#host = host;
  }

  /** What the map of a script says of a position in it; null where there is none to ask. */
  lookUp(
    script: number,
    position: SourcePosition,
    urlOf: UrlOf,
  ): Lookup | null {
    return this.#find(script, position, urlOf, () => undefined);
  }

  /** A site at the position in its source, under its name there. */
  map(sites: Sites, at: number, urlOf: UrlOf): Site {
    const plain = plainSite(sites, at);
    return this.mapPlace(plain, sites.script[at] ?? 0, urlOf, (map) =>
      originalName(sites, at, map),
    );
  }

  /** A site at the position in its source. `nameIn`: what the map calls its function. */
  mapPlace(
    plain: Site,
    script: number,
    urlOf: UrlOf,
    nameIn: (map: ScriptMap) => string | null = () => null,
  ): Site {
    let name: string | null = null;
    const found = this.#find(script, plain, urlOf, (map) => {
      name = nameIn(map);
    });
    if (found === null) return plain;
    const { origin, note } = found;
    if (origin === null) return note === null ? plain : plain.noting(note);
    return plain.at(origin, name ?? undefined);
  }

  #find(
    script: number,
    { scriptName, lineNumber, columnNumber }: SourcePosition,
    urlOf: UrlOf,
    visit: (map: ScriptMap) => void,
  ): Lookup | null {
    if (script === 0 || lineNumber === null) return null;
    const start = DateNow();
    if (start < this.#windowBegin || start > this.#windowBegin + WINDOW_MS) {
      this.#windowBegin = start;
      this.#spentMs = 0;
    }
    if (this.#spentMs > PATIENCE_MS) return TOO_SLOW;
    const map = this.#mapOf(script, scriptName, urlOf);
    const result = map?.lookUp(lineNumber, columnNumber ?? 1) ?? TOO_LONG;
    if (map !== null) visit(map);
    this.#spentMs += DateNow() - start;
    return result;
  }

  #mapOf(script: number, scriptName: string, urlOf: UrlOf): ScriptMap | null {
    let map = MapPrototypeGet(this.#maps, script);
    if (map === undefined) {
      const url = urlOf(script);
      if (url === null) return null;
      map = new ScriptMap(scriptName, url, this.#host);
    } else {
      MapPrototypeDelete(this.#maps, script);
    }
    MapPrototypeSet(this.#maps, script, map);
    if (MapPrototypeGetSize(this.#maps) > MAX_MAPS) {
      const { 0: oldest } = MapPrototypeKeys(this.#maps);
      if (oldest !== undefined) MapPrototypeDelete(this.#maps, oldest);
    }
    return map;
  }
}

/** Captures whose sites are made at the positions in their sources. */
export function mapSites(
  threads: readonly CapturedThread[],
  host: MapHost,
): CapturedThread[] {
  return ArrayPrototypeMap(threads, (thread) => {
    const raw = ownProperties(thread);
    const { sourceMaps, makeSite } = raw;
    if (makeSite !== undefined || sourceMaps.length === 0) return raw;
    const maps = new ThreadMaps(host);
    const urls = MapFrom<number, string | null>(
      ArrayPrototypeMap(sourceMaps, ({ script, url }) => [script, url]),
    );
    const urlOf: UrlOf = (script) => MapPrototypeGet(urls, script) ?? null;
    return {
      ...raw,
      makeSite: (sites, at) => maps.map(sites, at, urlOf),
      originOf: (script, position) =>
        maps.lookUp(script, position, urlOf)?.origin ?? null,
    };
  });
}
