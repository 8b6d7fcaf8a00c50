// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap, ArrayPrototypeSome } from '../base/lists.js';
import {
  GlobalWeakSet,
  ObjectGetPrototypeOf,
  PromisePrototype,
  WeakSetPrototypeAdd,
  WeakSetPrototypeHas,
} from '../base/primordials.js';
import { isOverruled } from '../hooks/ask.js';
import {
  frames,
  generatorResources,
  items,
  resourceElaborators,
  resourceUnwrappers,
} from '../hooks/registry.js';
import type { Frame } from '../model/frame.js';
import type { Site } from '../model/site.js';
import type { Stack } from '../model/stack.js';

/**
 * Stacks that some hook wants to see. The others, which are nearly all, are handed out as the
 * engine found them: what hooks there are is asked once a site, not once a frame.
 */
const touched = new GlobalWeakSet<Stack>();

export function markTouched(stack: Stack): void {
  WeakSetPrototypeAdd(touched, stack);
}

export function isTouched(stack: Stack): boolean {
  return WeakSetPrototypeHas(touched, stack);
}

/** Which sites belong to functions with a hook; null: none, since there is no hook. */
export function sitesWithHooks(
  sites: readonly Site[],
): readonly boolean[] | null {
  return frames.isEmpty
    ? null
    : ArrayPrototypeMap(sites, ({ functionId }) => frames.has(functionId));
}

/** Of a function that the program gave to `then`: any function, and a promise of any class. */
export function isHandler({ kind }: Frame): boolean {
  return kind === 'callback' || kind === 'native';
}

/** Whether hooks go before what the engine knows of the object that a frame belongs to. */
export function isOriginOverruled(frame: Frame, origin: unknown): boolean {
  if (origin === undefined || origin === null) return false;
  if (!items.outside.isEmpty) return isOverruled(origin);
  // An unwrap method is only to be found on what the program can have made a class for.
  return (
    isHandler(frame) &&
    ObjectGetPrototypeOf(origin) !== PromisePrototype &&
    isOverruled(origin)
  );
}

export function hasResourceHooks(): boolean {
  return (
    !generatorResources.isEmpty ||
    ArrayPrototypeSome(
      [resourceElaborators, resourceUnwrappers],
      ({ outside, builtIn }) => !outside.isEmpty || !builtIn.isEmpty,
    )
  );
}

/** For a stack that was not made site by site. */
export function wantsHooks(stack: Stack): boolean {
  return (
    ArrayPrototypeSome(stack.leaves, isOverruled) ||
    ArrayPrototypeSome(
      stack.frames,
      (frame) =>
        wantsHooksItself(frame) || isOriginOverruled(frame, frame.origin),
    )
  );
}

/** The same for a frame, whatever hooks say of the object that it belongs to. */
export function wantsHooksItself(frame: Frame): boolean {
  return (
    frames.find(frame) !== null ||
    (frame.hasResources && hasResourceHooks()) ||
    (frame.hasBranches &&
      ArrayPrototypeSome(
        frame.branches,
        frame.branchesUp ? wantsHooks : isTouched,
      ))
  );
}
