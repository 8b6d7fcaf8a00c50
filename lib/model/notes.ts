// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  GlobalMap,
  GlobalWeakMap,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeHas,
  MapPrototypeSet,
  WeakMapPrototypeGet,
  WeakMapPrototypeSet,
} from '../base/primordials.js';

/** What hooks have said of leaves, in the extraction that runs. */
let said = new GlobalMap<unknown, string>();
/** What was said of the leaves of a stack. It goes when the stack does. */
const notes = new GlobalWeakMap<object, ReadonlyMap<unknown, string>>();

/** Null takes back what was said. */
export function say(leaf: object, note: string | null): void {
  if (note === null) MapPrototypeDelete(said, leaf);
  else MapPrototypeSet(said, leaf, note);
}

/** The same for glue that comes with asynctb: what others have said counts more. */
export function sayUnlessSaid(leaf: object, note: string): void {
  if (!MapPrototypeHas(said, leaf)) MapPrototypeSet(said, leaf, note);
}

/** After the outermost extraction. */
export function forgetNotes(): void {
  if (MapPrototypeGetSize(said) > 0) said = new GlobalMap();
}

/** Once a stack has its leaves. */
export function keepNotes(stack: object, leaves: readonly unknown[]): void {
  if (MapPrototypeGetSize(said) === 0) return;
  const kept = new GlobalMap<unknown, string>();
  for (const leaf of leaves) {
    const note = MapPrototypeGet(said, leaf);
    if (note !== undefined) MapPrototypeSet(kept, leaf, note);
  }
  WeakMapPrototypeSet(notes, stack, kept);
}

export function noteOn(stack: object, leaf: unknown): string | null {
  const said = WeakMapPrototypeGet(notes, stack);
  return said === undefined ? null : (MapPrototypeGet(said, leaf) ?? null);
}
