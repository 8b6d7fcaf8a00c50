// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeEvery,
  ArrayPrototypeFind,
  ArrayPrototypeFlat,
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  SetFrom,
  SetValues,
} from '../base/lists.js';
import { RegExpMatchAllIn, RegExpTest } from '../base/patterns.js';
import {
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectHasOwn,
  ObjectKeys,
  SetPrototypeAdd,
  SetPrototypeGetSize,
  SetPrototypeHas,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
} from '../base/primordials.js';
import { isObject } from '../base/own.js';
import { Resource } from '../model/resource.js';
import { checkWhole, type Held, heldEntries } from './held.js';
import type { Sites } from '../base/capture.js';
import type { ClosureReader, Following } from './compiled-holders.js';
import { addCompiledResources, type Variables } from './compiled-resources.js';
import { type Called, stillHeld } from './leaving.js';
import {
  type PlaceSource,
  placeSource,
  type PlaceSources,
} from './place-sources.js';
import { readVariable, UNINITIALIZED } from './scopes.js';
import {
  type OpenDeclarations,
  openDeclarations,
  type UsingDeclaration,
} from './using-declarations.js';

/** A position in a script of its thread. */
interface Position {
  readonly scriptName: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** What is asked about one frame: of the addon, or of what a capture has brought. */
export interface FrameReader extends ClosureReader {
  /** The variables of an activation, innermost first. */
  scopes(activation: unknown): readonly object[] | undefined;
  /** The objects in its registers. */
  registerObjects(activation: unknown): readonly object[] | undefined;
  /** What the text of a function's script says from `start` to `end`. */
  sourceText(fn: unknown, start: number, end: number): string;
  /** Where a position comes from; null when that is the position itself. */
  originOf(
    script: number,
    position: Position,
  ): { readonly lineNumber: number | null } | null;
  /** What functions say up to a place, once a place. */
  readonly places: PlaceSources;
  /** Whether lists of V8's own can be read. */
  readonly readsBlocks: boolean;
  /** What has failed, said once for each `reading`. */
  warn(reading: Reading, error: unknown): void;
}

/** What can fail by itself. */
export interface Reading {
  readonly what: string;
}

/** What the addon hands over of one frame. */
export interface RawHolder {
  readonly sites: Sites;
  readonly site: number;
  readonly fn: unknown;
  /** Undefined when no block of V8's own holds anything. */
  readonly held: Held | undefined;
  readonly activation: unknown;
  /** Where they were read already. */
  readonly scopes: readonly object[] | undefined;
  readonly following: Following;
  /** Of a running frame: what it has called. */
  readonly called?: Called;
}

const READING = {
  text: { what: "reading a function's text for its resources" },
  blocks: { what: 'reading open using blocks' },
  compiled: { what: 'reading compiled using blocks' },
};

/**
 * What a frame holds by `using` declarations, outermost first. Never throws: what is not known is null,
 * and a reader that meets what cannot be is reported once and leaves what it has found until then.
 */
export function frameResources(
  holder: RawHolder,
  reader: FrameReader,
): { found: Resource[]; source: PlaceSource | null } {
  const found: Resource[] = [];
  let source: PlaceSource | null = null;
  attempt(reader, READING.text, () => {
    source = sourceOf(holder, reader);
  });
  attempt(reader, READING.blocks, () => {
    if (holder.held !== undefined || reader.readsBlocks) {
      addHeld(found, holder, source, reader);
    } else {
      addDeclared(found, holder, source, reader);
    }
  });
  attempt(reader, READING.compiled, () => {
    addCompiled(found, holder, source, reader);
  });
  return { found, source };
}

/** Whether it went well. */
export function attempt(
  reader: FrameReader,
  reading: Reading,
  read: () => void,
): boolean {
  try {
    read();
    return true;
  } catch (error) {
    reader.warn(reading, error);
    return false;
  }
}

function addCompiled(
  found: Resource[],
  holder: RawHolder,
  source: PlaceSource | null,
  reader: FrameReader,
): void {
  if (source === null || source.compiled === null) return;
  const line = lineAt(holder, source, reader);
  const { compiled } = source;
  const { following } = holder;
  addCompiledResources(
    found,
    variablesOf(holder, reader),
    compiled,
    line,
    reader,
    following,
  );
}

/** The variables of a frame. */
export function scopesOf(
  { scopes, activation }: RawHolder,
  reader: FrameReader,
): readonly object[] {
  return scopes ?? reader.scopes(activation) ?? [];
}

function variablesOf(holder: RawHolder, reader: FrameReader): Variables {
  return {
    scopes: () => scopesOf(holder, reader),
    unnamed: () =>
      (holder.scopes === undefined &&
        reader.registerObjects(holder.activation)) ||
      [],
  };
}

function sourceOf(
  { sites, site, fn }: RawHolder,
  reader: FrameReader,
): PlaceSource | null {
  const scriptId = sites.scriptId[site] ?? -1;
  const offset = sites.offset[site] ?? -1;
  const start = sites.functionOffset[site] ?? -1;
  if (scriptId < 0 || start < 0 || offset <= start) return null;
  return reader.places.find(scriptId, offset, () =>
    placeSource(offset - start, (length) =>
      reader.sourceText(fn, start, start + length),
    ),
  );
}

interface HeldResource {
  readonly resource: Resource;
  readonly block: number;
}

function addHeld(
  found: Resource[],
  holder: RawHolder,
  source: PlaceSource | null,
  reader: FrameReader,
): void {
  const all = holder.held;
  if (all === undefined) return;
  const held: HeldResource[] = [];
  const entries = stillHeld(heldEntries(all), holder.called, source);
  for (const { value, block, isAsync, isExiting } of entries) {
    const resource = new Resource(value, isAsync);
    resource.isExiting = isExiting;
    ArrayPrototypePush(held, { resource, block });
    ArrayPrototypePush(found, resource);
  }
  const isAll = attempt(reader, READING.blocks, () => {
    checkWhole(all);
  });
  const open =
    source === null
      ? null
      : (source.declarations ??= openDeclarations(source.text, source.place));
  const counted = open === null || !isAll ? null : byCount(held, open);
  const declared =
    counted ??
    byIdentity(
      held,
      open === null ? [] : ArrayPrototypeFlat(open.blocks),
      holder,
      reader,
    );
  ArrayPrototypeForEach(held, ({ resource }, index) => {
    const declaration = declared[index];
    if (declaration === undefined) return;
    resource.name = declaration.name;
    if (!('start' in declaration) || source === null) return;
    resource.lineNumber = lineAt(holder, source, reader)(declaration.start);
    resource.description = declaration.description;
  });
}

/**
 * Where the engine's own lists cannot be read: the variables that the text declares up to here. A
 * block that is on its way out looks as if it were still in use.
 */
function addDeclared(
  found: Resource[],
  holder: RawHolder,
  source: PlaceSource | null,
  reader: FrameReader,
): void {
  if (source === null || !RegExpTest(/\busing\b/, source.text)) return;
  const { blocks } = (source.declarations ??= openDeclarations(
    source.text,
    source.place,
  ));
  const scopes = scopesOf(holder, reader);
  const line = lineAt(holder, source, reader);
  for (const each of ArrayPrototypeFlat(blocks)) {
    const scope = ArrayPrototypeFind(scopes, (one) =>
      ObjectHasOwn(one, each.name),
    );
    const value = scope && readVariable(scope, each.name);
    if (!each.complete || !isObject(value) || value === UNINITIALIZED) continue;
    const { name, isAsync, start, description } = each;
    const resource = new Resource(value, isAsync, name, line(start));
    resource.description = description;
    ArrayPrototypePush(found, resource);
  }
}

/**
 * Each block holds exactly what the text declares in it: then the order tells which is which.
 * Null when it does not, since a variable may be null, or a block be on its way out.
 */
function byCount(
  held: readonly HeldResource[],
  open: OpenDeclarations,
): readonly UsingDeclaration[] | null {
  if (!open.certain) return null;
  const declared: UsingDeclaration[] = [];
  const blocks: number[] = [];
  ArrayPrototypeForEach(open.blocks, (declarations, block) => {
    for (const declaration of declarations) {
      if (!declaration.complete) continue;
      ArrayPrototypePush(declared, declaration);
      ArrayPrototypePush(blocks, block);
    }
  });
  if (declared.length !== held.length) return null;
  const isAlike = ArrayPrototypeEvery(
    held,
    ({ resource, block }, index) =>
      (held[index - 1]?.block === block) ===
        (blocks[index - 1] === blocks[index]) &&
      declared[index]?.isAsync === resource.isAsync &&
      !resource.isExiting,
  );
  return isAlike ? declared : null;
}

/** The variables that hold the values, in the order of their declarations. */
function byIdentity(
  held: readonly HeldResource[],
  declarations: readonly UsingDeclaration[],
  holder: RawHolder,
  reader: FrameReader,
): (UsingDeclaration | { name: string } | undefined)[] {
  const names = namesByValue(scopesOf(holder, reader));
  let next = 0;
  return ArrayPrototypeMap(held, ({ resource: { value, isAsync } }) => {
    const known = MapPrototypeGet(names, value);
    for (let index = next; known && index < declarations.length; index++) {
      const declaration = declarations[index] as UsingDeclaration;
      if (
        declaration.isAsync !== isAsync ||
        !SetPrototypeHas(known, declaration.name)
      ) {
        continue;
      }
      next = index + 1;
      return declaration;
    }
    if (known === undefined || SetPrototypeGetSize(known) !== 1)
      return undefined;
    const { 0: name } = SetValues(known);
    return name === undefined ? undefined : { name };
  });
}

/** The names of the variables that hold each value: there may be thousands of both. */
function namesByValue(
  scopes: readonly object[],
): ReadonlyMap<unknown, ReadonlySet<string>> {
  const names = new GlobalMap<unknown, Set<string>>();
  for (const scope of scopes) {
    for (const name of ObjectKeys(scope)) {
      const value = readVariable(scope, name);
      const known = MapPrototypeGet(names, value);
      if (known === undefined) MapPrototypeSet(names, value, SetFrom([name]));
      else SetPrototypeAdd(known, name);
    }
  }
  return names;
}

/** The 1-based line of an index in the text before the place, in the source that it comes from. */
export function lineAt(
  { sites, site }: RawHolder,
  { text, place }: PlaceSource,
  reader: FrameReader,
): (index: number) => number | null {
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  const scriptName = sites.scriptName[site] ?? '';
  const script = sites.script[site] ?? 0;
  // Of V8's place, which the text before it ends at.
  const line = sites.offsetLine[site] || (sites.line[site] ?? 0);
  const column = sites.offsetColumn[site] || (sites.column[site] ?? 0);
  return (index) => {
    const between = StringPrototypeSlice(text, index, place);
    const below = RegExpMatchAllIn(between, ends).length;
    const lineNumber = line - below;
    if (script === 0) return lineNumber;
    const lineStart = StringPrototypeLastIndexOf(text, '\n', index - 1) + 1;
    // Where the function's first line begins is not known.
    if (below > 0 && lineStart === 0) return null;
    const columnNumber =
      below === 0 ? column - (place - index) : index - lineStart + 1;
    const position = { scriptName, lineNumber, columnNumber };
    return reader.originOf(script, position)?.lineNumber ?? lineNumber;
  };
}
