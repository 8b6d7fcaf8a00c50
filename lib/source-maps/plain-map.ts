// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeAt,
  ArrayPrototypeMap,
  ArrayPrototypePush,
} from '../base/lists.js';
import {
  ArrayIsArray,
  GlobalNumber,
  GlobalString,
  NumberIsSafeInteger,
  ObjectHasOwn,
  StringPrototypeTrim,
} from '../base/primordials.js';
import { BadMap, Mappings } from './mappings.js';

/** A source as the map names it. */
export interface MapSource {
  /** Null when the map gives none that could be a name. */
  readonly written: string | null;
  readonly root: string;
  /** Null when the map does not hold it. */
  readonly content: string | null;
}

export interface MapPlace {
  readonly source: MapSource;
  /** 0-based. */
  readonly row: number;
  /** 0-based. */
  readonly at: number;
}

/** A map of sections has more than one part, each from a place of the generated code on. */
interface Part {
  readonly line: number;
  readonly column: number;
  readonly mappings: Mappings;
  readonly sources: readonly MapSource[];
  readonly names: readonly unknown[];
}

/** Sections within sections: no tool writes them deeper. */
const MAX_DEPTH = 4;

/** What is used of a source map, checked: a map is text from outside and may be anything. */
export class PlainMap {
  readonly #parts: Part[] = [];

  /** @throws {BadMap} */
  constructor(json: unknown) {
    addParts(json, 0, 0, 0, this.#parts);
  }

  /**
   * Where a 0-based place of the generated code comes from; null when the map says nothing of it.
   * @throws {BadMap} when it gives a place that cannot be.
   */
  find(line: number, column: number): MapPlace | null {
    const part = this.#partAt(line, column);
    if (part === null) return null;
    const inside = line === part.line ? column - part.column : column;
    const segment = part.mappings.find(line - part.line, inside);
    if (segment === null || segment.source < 0) return null;
    const source = part.sources[segment.source];
    if (source === undefined) throw new BadMap(NO_SOURCE);
    return { source, row: segment.row, at: segment.at };
  }

  /** The name that stands in the source for the one at this very place; null when none is given. */
  nameAt(line: number, column: number): string | null {
    const part = this.#partAt(line, column);
    if (part === null) return null;
    const inside = line === part.line ? column - part.column : column;
    const segment = part.mappings.find(line - part.line, inside);
    if (segment === null || segment.name < 0 || segment.column !== inside) {
      return null;
    }
    const name = part.names[segment.name];
    return isName(name) && name.length <= LONGEST_NAME ? name : null;
  }

  #partAt(line: number, column: number): Part | null {
    for (let index = this.#parts.length - 1; index >= 0; index--) {
      const part = this.#parts[index];
      if (part === undefined) continue;
      if (part.line < line || (part.line === line && part.column <= column)) {
        return part;
      }
    }
    return null;
  }
}

const LONGEST_NAME = 256;
export const NO_SOURCE = 'it names no source for this place';
const WRONG_SHAPE = 'it is not what a source map is';

function addParts(
  json: unknown,
  line: number,
  column: number,
  depth: number,
  parts: Part[],
): void {
  if (typeof json !== 'object' || json === null) throw new BadMap(WRONG_SHAPE);
  const version = own(json, 'version');
  if (version !== undefined && GlobalNumber(asText(version)) !== 3) {
    throw new BadMap('it is of another version than 3');
  }
  const sections = own(json, 'sections');
  if (sections === undefined) {
    ArrayPrototypePush(parts, partOf(json, line, column));
    return;
  }
  if (!ArrayIsArray(sections) || depth >= MAX_DEPTH) {
    throw new BadMap(WRONG_SHAPE);
  }
  for (const section of sections as unknown[]) {
    const offset = own(section, 'offset');
    const lines = countOf(own(offset, 'line'));
    const columns = countOf(own(offset, 'column'));
    const begin = line + lines;
    const beginColumn = lines === 0 ? column + columns : columns;
    const last = ArrayPrototypeAt(parts, -1);
    if (
      last !== undefined &&
      (last.line > begin || (last.line === begin && last.column > beginColumn))
    ) {
      throw new BadMap('its sections are not in order');
    }
    addParts(own(section, 'map'), begin, beginColumn, depth + 1, parts);
  }
}

function partOf(json: object, line: number, column: number): Part {
  const mappings = own(json, 'mappings');
  const names = own(json, 'sources');
  if (typeof mappings !== 'string' || !ArrayIsArray(names)) {
    throw new BadMap(WRONG_SHAPE);
  }
  const root = asText(own(json, 'sourceRoot'));
  const contents = own(json, 'sourcesContent');
  const sources = ArrayPrototypeMap(
    names as unknown[],
    (name, index): MapSource => {
      const content = ArrayIsArray(contents)
        ? (contents[index] as unknown)
        : null;
      return {
        written: isName(name) ? name : null,
        root,
        content: typeof content === 'string' && content !== '' ? content : null,
      };
    },
  );
  const given = own(json, 'names');
  return {
    line,
    column,
    mappings: new Mappings(mappings),
    sources,
    names: ArrayIsArray(given) ? (given as unknown[]) : [],
  };
}

/** Tools that join what they do not have write the last two. */
function isName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    StringPrototypeTrim(name) !== '' &&
    name !== 'null' &&
    name !== 'undefined'
  );
}

/** Not what `Object.prototype` holds, which belongs to the program. */
function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && ObjectHasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? GlobalString(value)
    : '';
}

function countOf(value: unknown): number {
  if (typeof value !== 'number' || !NumberIsSafeInteger(value) || value < 0) {
    throw new BadMap('its sections have no valid offsets');
  }
  return value;
}
