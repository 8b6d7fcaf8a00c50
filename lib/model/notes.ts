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
import { isObject } from '../base/own.js';
import { Placeholder } from './placeholder.js';
import type { WaitReason } from './wait-reason.js';

/** Why leaves are waited for, as hooks have said it in the extraction that runs. */
let said = new GlobalMap<unknown, WaitReason>();
/** What was said of the leaves of a stack. It goes when the stack does. */
const notes = new GlobalWeakMap<object, ReadonlyMap<unknown, WaitReason>>();

/** Null takes back what was said. */
export function say(leaf: object, wait: WaitReason | null): void {
  if (wait === null) MapPrototypeDelete(said, leaf);
  else MapPrototypeSet(said, leaf, wait);
}

/** The same for glue that comes with asynctb: what others have said counts more. */
export function sayUnlessSaid(leaf: object, wait: WaitReason): void {
  if (!MapPrototypeHas(said, leaf)) MapPrototypeSet(said, leaf, wait);
}

/** After the outermost extraction. */
export function forgetNotes(): void {
  if (MapPrototypeGetSize(said) > 0) said = new GlobalMap();
}

/** Once a stack has its leaves. */
export function keepNotes(stack: object, leaves: readonly unknown[]): void {
  if (MapPrototypeGetSize(said) === 0) return;
  const kept = new GlobalMap<unknown, WaitReason>();
  for (const leaf of leaves) {
    const wait = MapPrototypeGet(said, leaf);
    if (wait !== undefined) MapPrototypeSet(kept, leaf, wait);
  }
  WeakMapPrototypeSet(notes, stack, kept);
}

export function noteOn(stack: object, leaf: unknown): WaitReason | null {
  const said = WeakMapPrototypeGet(notes, stack);
  return said === undefined ? null : (MapPrototypeGet(said, leaf) ?? null);
}

/** Why a stack waits for one of its leaves: what was said of it, or what it stands for. */
export function waitOf(leaf: unknown, stack: object): WaitReason | null {
  if (!isObject(leaf)) return null;
  return noteOn(stack, leaf) ?? Placeholder.waitOf(leaf);
}
