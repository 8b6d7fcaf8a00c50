// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Branches of a combinator that other branches share. */

import { ArrayPrototypePush, ArrayPrototypePushAll } from '../base/lists.js';
import {
  ArrayPrototypePop,
  ArrayPrototypeSort,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
} from '../base/primordials.js';
import { likenessOf, sharedRest } from '../model/sharing.js';
import type { Stack } from '../model/stack.js';
import type { FormatContext } from './context.js';
import { referenceTo } from './whole-stack.js';

/** Branches that have been printed elsewhere. */
export interface Reference {
  readonly number: number;
  /** Of a single one. */
  readonly text: string;
  readonly members: readonly Stack[];
}

/** Where all of a branch has been printed; null: it has not been. */
export function referenceFor(
  branch: Stack,
  context: FormatContext,
): Pick<Reference, 'number' | 'text'> | null {
  const rest = sharedRest(branch);
  if (rest === null || branch.frames.length > 0 || branch.error !== null)
    return null;
  const number = MapPrototypeGet(context.printed, rest.id);
  if (number === undefined) return null;
  const text = context.clean(referenceTo(number, rest.stack, context));
  return { number, text };
}

/** Those together that are one and the same, or differ only in how often frames repeat; the most first. */
export function sameBranches(branches: readonly Stack[]): readonly Stack[][] {
  const known = new GlobalMap<number, Stack[]>();
  const all: Stack[][] = [];
  for (const branch of branches) {
    const rest = branch.frames.length === 0 ? sharedRest(branch) : null;
    const key = likenessOf(branch)?.place ?? rest?.id;
    const same = key === undefined ? undefined : MapPrototypeGet(known, key);
    if (same !== undefined) {
      ArrayPrototypePush(same, branch);
      continue;
    }
    const members = [branch];
    if (key !== undefined) MapPrototypeSet(known, key, members);
    ArrayPrototypePush(all, members);
  }
  return MapPrototypeGetSize(known) === 0
    ? all
    : ArrayPrototypeSort(all, (a, b) => b.length - a.length);
}

/** Of larger stacks it is not found out. */
const MOST_SEARCHED = 200;

/** Whether something may be in a stack, or in its branches, that others share. */
export function mayShare(start: Stack): boolean {
  const todo = [start];
  let steps = 0;
  for (
    let stack = ArrayPrototypePop(todo);
    stack !== undefined;
    stack = ArrayPrototypePop(todo)
  ) {
    if (sharedRest(stack) !== null) return true;
    for (const frame of stack.frames) {
      if (++steps > MOST_SEARCHED) return true;
      if (frame.hasBranches) ArrayPrototypePushAll(todo, frame.branches);
    }
  }
  return false;
}
