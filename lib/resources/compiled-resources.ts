// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayCopy,
  ArrayPrototypeAt,
  ArrayPrototypeEvery,
  ArrayPrototypeFilter,
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  SetValues,
} from '../base/lists.js';
import {
  ArrayPrototypeReverse,
  GlobalArray,
  GlobalSet,
  ObjectKeys,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import { Resource } from '../model/resource.js';
import {
  type ClosureReader,
  type Entry,
  type Following,
  type Holder,
  holdersIn,
  leavingEntry,
  onlyHolder,
} from './compiled-holders.js';
import type { CompiledDeclaration, CompiledText } from './compiled-text.js';
import { readVariable } from './scopes.js';

type LineAt = (index: number) => number | null;

/** Where the variables of a frame are read. */
export interface Variables {
  /** Innermost first. V8 parses the function for them: they cost more than all the rest. */
  scopes(): readonly object[];
  /** The objects among them that no closure shares, without their names; cheap. */
  unnamed(): readonly object[];
}

/** What a block holds, and what the text says of it. */
interface Held {
  readonly entries: readonly Entry[];
  /** The one of them that is being disposed of. */
  readonly leaving: Entry | null;
  readonly declarations: readonly CompiledDeclaration[];
  readonly inOrder: readonly (CompiledDeclaration | undefined)[];
}

/**
 * Adds to `found` what the compiled form of `using` holds. `following` is what comes after the frame, where that
 * is known.
 */
export function addCompiledResources(
  found: Resource[],
  variables: Variables,
  text: CompiledText,
  lineAt: LineAt,
  reader: ClosureReader | null,
  following: Following | null,
): void {
  const only = onlyHolder(variables.unnamed(), text);
  if (only !== null) {
    const held = heldBy(only, text, reader, following);
    const isClear = ArrayPrototypeEvery(
      held.entries,
      ({ isEmpty }, index) => isEmpty || held.inOrder[index] !== undefined,
    );
    if (isClear) {
      addResources(found, held, lineAt, []);
      return;
    }
  }
  const scopes = variables.scopes();
  for (const scope of ArrayPrototypeReverse(ArrayCopy(scopes))) {
    for (const holder of holdersIn(scope, text, reader)) {
      const held = heldBy(holder, text, reader, following);
      addResources(found, held, lineAt, scopes);
    }
  }
}

function heldBy(
  holder: Holder,
  text: CompiledText,
  reader: ClosureReader | null,
  following: Following | null,
): Held {
  const leaving =
    following === null || reader === null
      ? null
      : leavingEntry(holder, following, reader);
  const entries =
    leaving === null ? holder.entries : ArrayConcat(holder.entries, [leaving]);
  const declarations = text.declarationsOf(holder.name, holder.kind);
  const inOrder = matchInOrder(entries, declarations);
  return { entries, leaving, declarations, inOrder };
}

function addResources(
  found: Resource[],
  { entries, leaving, declarations, inOrder }: Held,
  lineAt: LineAt,
  scopes: readonly object[],
): void {
  ArrayPrototypeForEach(entries, (entry, index) => {
    if (entry.isEmpty) return;
    const { value, isAsync } = entry;
    const resource = new Resource(value, isAsync);
    resource.isExiting = entry === leaving;
    const names = namesOf(value, scopes);
    const declared =
      only(
        ArrayPrototypeFilter(declarations, ({ name }) =>
          SetPrototypeHas(names, name),
        ),
      ) ?? inOrder[index];
    if (declared !== undefined) {
      resource.name = declared.name;
      resource.lineNumber = lineAt(declared.start);
      const keyword = isAsync ? 'await using' : 'using';
      resource.description = `${keyword} ${declared.name} = ${declared.initializer}`;
    } else if (declarations.length === 0) {
      resource.name = only(SetValues(names)) ?? null;
    }
    ArrayPrototypePush(found, resource);
  });
}

/**
 * On the way out of a block its variables are gone, but entries come in the order of their
 * declarations, each synchronous or not. Where that leaves one declaration for an entry, it is the
 * one: undefined where it leaves several, as some may have been null or never reached.
 */
function matchInOrder(
  entries: readonly Entry[],
  declarations: readonly CompiledDeclaration[],
): (CompiledDeclaration | undefined)[] {
  const first: number[] = [];
  for (const { isAsync } of entries) {
    let at = (ArrayPrototypeAt(first, -1) ?? -1) + 1;
    while (at < declarations.length && declarations[at]?.isAsync !== isAsync)
      at++;
    ArrayPrototypePush(first, at);
  }
  const matched = new GlobalArray<CompiledDeclaration | undefined>(
    entries.length,
  );
  let at = declarations.length;
  for (let index = entries.length - 1; index >= 0; index--) {
    const isAsync = entries[index]?.isAsync;
    do at--;
    while (at >= 0 && declarations[at]?.isAsync !== isAsync);
    if (at >= 0 && at === first[index]) matched[index] = declarations[at];
  }
  return matched;
}

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** The variables with this value. */
function namesOf(value: unknown, scopes: readonly object[]): Set<string> {
  const names = new GlobalSet<string>();
  for (const scope of scopes) {
    for (const name of ObjectKeys(scope)) {
      if (readVariable(scope, name) === value) SetPrototypeAdd(names, name);
    }
  }
  return names;
}
