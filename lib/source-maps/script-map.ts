// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  GlobalMap,
  MapPrototypeClear,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  MathMin,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import type { SourcePosition } from '../model/site.js';
import { readPlace } from '../engine/place-text.js';
import type { MapHost } from './host.js';
import { type LoadedMap, loadMap } from './load.js';
import { BadMap } from './mappings.js';
import { type MapSource, NO_SOURCE } from './plain-map.js';
import { SourceTree } from './source-tree.js';
import { TextLines } from './text-lines.js';
import {
  baseUrl,
  isWindowsPath,
  pathOf,
  resolveUrl,
  sourceName,
  underRoot,
} from './urls.js';

/** Where a position of a script comes from. */
export interface Origin extends SourcePosition {
  readonly lineNumber: number;
  readonly columnNumber: number;
  /** Empty when there is no source at hand. */
  readonly lineText: string;
}

/** What a map says of a place. */
export interface Lookup {
  /** Null: the script's own position is the one to show. */
  readonly origin: Origin | null;
  /** Why there is no origin, where there should be one. */
  readonly note: string | null;
}

interface Source {
  readonly name: string;
  readonly text: TextLines | null;
  /** The text is the one that the map was made of. */
  readonly isWhole: boolean;
}

const MAX_PLACES = 10_000;
const COLUMNS = 2 ** 24;
const NOTHING: Lookup = { origin: null, note: null };

/** One script's way back to its sources. Places are looked up once, sources are read once. */
export class ScriptMap {
  readonly #scriptName: string;
  readonly #tree: SourceTree;
  readonly #places = new GlobalMap<number, Lookup>();
  readonly #sources = new GlobalMap<MapSource, Source>();
  #map: LoadedMap | null = null;
  /** What is wrong with all of it. */
  #broken: Lookup | null = null;

  constructor(scriptName: string, url: string, host: MapHost) {
    this.#scriptName = scriptName;
    this.#tree = new SourceTree(
      StringPrototypeStartsWith(scriptName, '/')
        ? scriptName
        : pathOf(baseUrl(scriptName)),
      host,
    );
    try {
      this.#map = loadMap(scriptName, url, this.#tree, host);
    } catch (cause) {
      this.#broken = notUsed(cause);
    }
  }

  /** 1-based, as V8 counts in the script. Null when the script's own position is the one to show. */
  originOf(line: number, column: number): Origin | null {
    return this.lookUp(line, column).origin;
  }

  /** The same, with why there is no origin. */
  lookUp(line: number, column: number): Lookup {
    if (this.#broken !== null) return this.#broken;
    const map = this.#map;
    if (map === null) return NOTHING;
    const key = line * COLUMNS + MathMin(column, COLUMNS - 1);
    let found = MapPrototypeGet(this.#places, key);
    if (found === undefined) {
      found = this.#find(map, line, column);
      if (MapPrototypeGetSize(this.#places) >= MAX_PLACES)
        MapPrototypeClear(this.#places);
      MapPrototypeSet(this.#places, key, found);
    }
    return found;
  }

  /** What the source calls what is called something else at this very place; null where that is not said. */
  nameAt(line: number, column: number): string | null {
    try {
      return this.#map?.map.nameAt(line - 1, column - 1) ?? null;
    } catch {
      return null;
    }
  }

  #find(loaded: LoadedMap, line: number, column: number): Lookup {
    try {
      const place = loaded.map.find(line - 1, column - 1);
      if (place === null) return NOTHING;
      const { name, text, isWhole } = this.#sourceOf(place.source, loaded);
      const lineOfText = text?.line(place.row) ?? null;
      if (isWhole && lineOfText === null) {
        throw new BadMap('it gives a line that its source does not have');
      }
      return {
        origin: {
          scriptName: name,
          lineNumber: place.row + 1,
          columnNumber: place.at + 1,
          lineText: readPlace([lineOfText ?? ''], 0, place.at).lineText,
        },
        note: null,
      };
    } catch (cause) {
      // A map is text from outside: whatever is wrong with it, the script's own position is right.
      return notUsed(cause);
    }
  }

  #sourceOf(source: MapSource, loaded: LoadedMap): Source {
    let known = MapPrototypeGet(this.#sources, source);
    if (known === undefined) {
      known = this.#readSource(source, loaded);
      MapPrototypeSet(this.#sources, source, known);
    }
    return known;
  }

  /** @throws {BadMap} for a source without a name, and one that is not part of the program. */
  #readSource(
    { written, root, content }: MapSource,
    { base, isInline }: LoadedMap,
  ): Source {
    if (written === null) throw new BadMap(NO_SOURCE);
    // Loaders name the script itself, as a path and not as a URL.
    const isScript = written === this.#scriptName;
    const resolved = isScript
      ? baseUrl(written)
      : resolveUrl(underRoot(root, written), base);
    const name = isScript
      ? written
      : sourceName(written, resolved, this.#scriptName);
    if (isNameless(resolved) || (resolved === base && !isInline))
      throw new BadMap(NO_SOURCE);
    if (content !== null) {
      return { name, text: new TextLines(content), isWhole: true };
    }
    if (isWindowsPath(written)) return { name, text: null, isWhole: false };
    const path = StringPrototypeStartsWith(resolved, '/')
      ? resolved
      : pathOf(resolved);
    if (path === '') {
      if (RegExpTest(/^(?:file:|\/\/)/i, resolved)) throw new BadMap(OUTSIDE);
      return { name, text: null, isWhole: false };
    }
    if (!this.#tree.holds(path)) throw new BadMap(OUTSIDE);
    const text = this.#tree.readSource(path);
    return {
      name,
      text: text === null ? null : new TextLines(text),
      isWhole: false,
    };
  }
}

const OUTSIDE = "its source is outside of the script's own folders";

/** A name that was none before something was put in front of it: Node does that with anything. */
function isNameless(resolved: string): boolean {
  const path = RegExpReplaceIn(resolved, /[?#].*$/s, '');
  return (
    path === '' ||
    RegExpTest(
      /(?:^|\/)(?:\.{0,2}|null|undefined|\[object%20Object\]|\[object Object\])$/,
      path,
    )
  );
}

function notUsed(cause: unknown): Lookup {
  const reason = cause instanceof BadMap ? cause.message : 'it cannot be read';
  return { origin: null, note: `source map not used: ${reason}` };
}
