// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayCopy, ArrayPrototypeMap } from '../base/lists.js';
import { ArrayPrototypeSort } from '../base/primordials.js';
import type { SourcePosition } from './site.js';

/** A frame, or its site: a combinator is told by its name alone. */
type Place = SourcePosition & { readonly functionName: string };

/** So many frames of a branch decide where it stands among the others. */
const MOST_COMPARED = 64;

/**
 * Inputs of a combinator without an index have no order but that of the heap, which changes from
 * walk to walk. So they stand in the order of their places, outermost frame first.
 */
export function sortByPlace<Branch>(
  branches: readonly Branch[],
  placesOf: (branch: Branch, most: number) => readonly Place[],
): Branch[] {
  if (branches.length < 2) return ArrayCopy(branches);
  return ArrayPrototypeMap(
    ArrayPrototypeSort(
      ArrayPrototypeMap(branches, (branch) => ({
        branch,
        places: placesOf(branch, MOST_COMPARED),
      })),
      (a, b) => comparePlaces(a.places, b.places),
    ),
    ({ branch }) => branch,
  );
}

function comparePlaces(a: readonly Place[], b: readonly Place[]): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const place = a[index] as Place;
    const other = b[index] as Place;
    const order =
      compareText(place.scriptName, other.scriptName) ||
      (place.lineNumber ?? 0) - (other.lineNumber ?? 0) ||
      (place.columnNumber ?? 0) - (other.columnNumber ?? 0) ||
      compareText(place.functionName, other.functionName);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
