// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { SourcePosition } from '../model/site.js';
import { readPlace, splitLines } from '../native/place-text.js';
import { type DecodedMap, library, loadMap, readText } from './load.js';
import { pathOf, sourceName } from './urls.js';

/** Where a position of a script comes from. */
export interface Origin extends SourcePosition {
  readonly lineNumber: number;
  readonly columnNumber: number;
  /** Empty when there is no source at hand. */
  readonly lineText: string;
}

const MAX_PLACES = 10_000;
const COLUMNS = 2 ** 24;

/** One script's way back to its sources. Places are looked up once, sources are read once. */
export class ScriptMap {
  readonly #scriptName: string;
  readonly #map: DecodedMap | null;
  readonly #places = new Map<number, Origin | null>();
  readonly #texts = new Map<number, string>();

  constructor(scriptName: string, url: string) {
    this.#scriptName = scriptName;
    this.#map = loadMap(scriptName, url);
  }

  /** 1-based, as V8 counts in the script. Null when the map says nothing of it. */
  originOf(line: number, column: number): Origin | null {
    const map = this.#map;
    if (map === null) return null;
    const key = line * COLUMNS + Math.min(column, COLUMNS - 1);
    let origin = this.#places.get(key);
    if (origin === undefined) {
      origin = this.#lookUp(map, line, column);
      if (this.#places.size >= MAX_PLACES) this.#places.clear();
      this.#places.set(key, origin);
    }
    return origin;
  }

  #lookUp(map: DecodedMap, line: number, column: number): Origin | null {
    try {
      const segment = library().traceSegment(map, line - 1, column - 1);
      if (segment === null || segment.length === 1) return null;
      const [, source, row, at] = segment;
      return {
        scriptName: this.#nameOf(map, source),
        lineNumber: row + 1,
        columnNumber: at + 1,
        lineText: readPlace(splitLines(this.#textOf(map, source)), row, at)
          .lineText,
      };
    } catch {
      // A map is text from outside: whatever is wrong with it, the script's own position is right.
      return null;
    }
  }

  #nameOf(map: DecodedMap, source: number): string {
    return sourceName(
      map.sources[source] ?? '',
      map.resolvedSources[source] ?? '',
      this.#scriptName,
    );
  }

  #textOf(map: DecodedMap, source: number): string {
    let text = this.#texts.get(source);
    if (text === undefined) {
      const path = pathOf(map.resolvedSources[source] ?? '');
      text = map.sourcesContent?.[source] ?? readText(path) ?? '';
      this.#texts.set(source, text);
    }
    return text;
  }
}
