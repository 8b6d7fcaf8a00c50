// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeFind,
  ArrayPrototypeMap,
  ArrayPrototypePush,
} from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectCreate,
} from '../base/primordials.js';
import type { CapturedThread } from '../model/site.js';
import { Placeholder } from '../model/placeholder.js';
import type { Resource } from '../model/resource.js';
import { Stack } from '../model/stack.js';
import { type CapturedHeld, CapturedValues } from './captured-values.js';
import { type FrameReader, frameResources } from './frame-resources.js';
import { PlaceSources } from './place-sources.js';
import { addStackChildren, entriesOfHeld } from './stack-children.js';

/** Captures that tell what their frames hold, by the rules for frames of the own thread. */
export function withResources(
  threads: readonly CapturedThread[],
): CapturedThread[] {
  return ArrayPrototypeMap(threads, (thread) => {
    const { held } = thread;
    if (held === undefined) return thread;
    const captured = new CapturedResources(thread, held);
    return {
      ...thread,
      resourcesAt: (node, stackAt) => captured.at(node, stackAt),
    };
  });
}

class CapturedResources {
  readonly #thread: CapturedThread;
  readonly #held: CapturedHeld;
  readonly #places = new PlaceSources();
  /** Rows of the frames, by node. */
  readonly #rows = new GlobalMap<number, number>();
  readonly #texts = new GlobalMap<number, string>();

  constructor(thread: CapturedThread, held: CapturedHeld) {
    this.#thread = thread;
    this.#held = held;
    const { frames, texts } = held;
    for (let row = 0; row < frames.length; row++)
      MapPrototypeSet(this.#rows, frames.node[row] ?? -1, row);
    for (let row = 0; row < texts.length; row++)
      MapPrototypeSet(
        this.#texts,
        texts.site[row] ?? -1,
        texts.text[row] ?? '',
      );
  }

  at(node: number, stackAt: (node: number) => Stack): Resource[] {
    const row = MapPrototypeGet(this.#rows, node);
    if (row === undefined) return [];
    const { frames } = this.#held;
    const site = this.#thread.nodes.payload[node] ?? -1;
    const values = new CapturedValues(this.#held, row);
    const { found } = frameResources(
      {
        sites: this.#thread.sites,
        site,
        fn: undefined,
        held: this.#blocks(values, row),
        activation: undefined,
        scopes: undefined,
        following: {
          fn: values.at(frames.following[row] ?? -1),
          nextFn: values.at(frames.nextFunction[row] ?? -1),
          nextReceiver: values.at(frames.nextReceiver[row] ?? -1),
        },
      },
      this.#reader(values, row, site),
    );
    for (const resource of found) finish(resource, values, stackAt);
    return found;
  }

  #blocks(values: CapturedValues, row: number) {
    const { frames } = this.#held;
    const count = frames.entriesCount[row] ?? 0;
    return count === 0
      ? undefined
      : values.entries(
          frames.entriesBegin[row] ?? 0,
          count,
          frames.isWhole[row] === 1,
        );
  }

  #reader(values: CapturedValues, row: number, site: number): FrameReader {
    return {
      closureScopes: (fn) =>
        ArrayPrototypeFind(
          this.#closures(values, row),
          (closure) => closure.fn === fn,
        )?.scopes,
      registerObjects: () => undefined,
      scopes: () => this.#scopesOf(values, row, -1),
      sourceText: () => MapPrototypeGet(this.#texts, site) ?? '',
      originOf: (script, position) =>
        this.#thread.originOf?.(script, position) ?? null,
      places: this.#places,
      readsBlocks: this.#held.readsBlocks,
      warn: () => undefined,
    };
  }

  #closures(
    values: CapturedValues,
    row: number,
  ): { fn: unknown; scopes: object[] }[] {
    const { frames, variables } = this.#held;
    const begin = frames.variablesBegin[row] ?? 0;
    const count = frames.variablesCount[row] ?? 0;
    const closures: { fn: unknown; scopes: object[] }[] = [];
    for (let at = begin; at < begin + count; at++) {
      const index = variables.function[at] ?? -1;
      const fn = index < 0 ? undefined : values.at(index);
      if (
        fn === undefined ||
        ArrayPrototypeFind(closures, (closure) => closure.fn === fn) !==
          undefined
      )
        continue;
      const scopes = this.#scopesOf(values, row, index);
      ArrayPrototypePush(closures, { fn, scopes });
    }
    return closures;
  }

  /** The variables of a function, innermost scope first; -1: of the frame. */
  #scopesOf(values: CapturedValues, row: number, of: number): object[] {
    const { frames, variables } = this.#held;
    const begin = frames.variablesBegin[row] ?? 0;
    const count = frames.variablesCount[row] ?? 0;
    const scopes: object[] = [];
    let last = -1;
    for (let at = begin; at < begin + count; at++) {
      const value = variables.value[at] ?? -1;
      if (variables.function[at] !== of || value < 0) continue;
      const number = variables.scope[at] ?? 0;
      if (number !== last)
        ArrayPrototypePush(scopes, ObjectCreate(null) as object);
      last = number;
      const scope = scopes[scopes.length - 1] as Record<string, unknown>;
      scope[variables.name[at] ?? ''] = values.at(value);
    }
    return scopes;
  }
}

/** Children and the stack inside, and words in the place of values. */
function finish(
  resource: Resource,
  values: CapturedValues,
  stackAt: (node: number) => Stack,
): void {
  addStackChildren(resource, (value) => {
    const entries = values.stackEntriesOf(value);
    return entries === null ? null : entriesOfHeld(entries);
  });
  const inner = values.innerStackOf(resource.value);
  if (!resource.isExiting && inner !== NONE) {
    const found = inner === ITSELF ? null : stackAt(inner);
    resource.innerStack = new Stack(
      GENERATOR,
      found?.frames ?? [],
      found === null ? [GENERATOR] : found.leaves,
      found?.error ?? null,
    );
  }
  describe(resource, values);
}

const GENERATOR = new Placeholder('Generator');
/** See `plainValue.innerStack`. */
const NONE = -1;
const ITSELF = -2;

function describe(resource: Resource, values: CapturedValues): void {
  resource.value = values.describe(resource.value);
  for (const child of resource.children) {
    if (!(child instanceof Stack)) describe(child, values);
  }
}
