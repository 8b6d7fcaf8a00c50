// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayCopy,
  ArrayPrototypeEvery,
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  ArrayPrototypeReduce,
  ArrayPrototypeSlice,
  ArrayPrototypeSome,
  MapPrototypeValues,
} from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  ArrayPrototypeSort,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { Frame } from '../model/frame.js';
import { likenessOf, sharedRest } from '../model/sharing.js';
import type { Stack } from '../model/stack.js';
import type { FormatContext } from './context.js';
import { type Item, type RenderStack } from './items.js';
import {
  mayShare,
  type Reference,
  referenceFor,
  sameBranches,
} from './shared-branches.js';
import { groupDigits } from './text.js';

/** Up to here each branch is shown; above, equal ones are shown once. */
const MAX_SINGLE_BRANCHES = 8;
/** So many different branches are shown of a combinator with more. */
const MAX_BRANCH_GROUPS = 20;
/** So many indices are listed before the rest is only counted. */
const MAX_INDICES = 3;
/** So many of those that have been printed are named. */
const MAX_NUMBERS = 8;

/** What to print below a combinator: `Promise.all` over 10,000 requests is one thing, not 10,000. */
export function branchItems(
  { branches, omittedBranches }: Frame,
  depth: number,
  context: FormatContext,
  render: RenderStack,
): Item[] {
  const references: Reference[] = [];
  if (branches.length <= MAX_SINGLE_BRANCHES) {
    const items = singleItems(branches, depth, context, render, references);
    addReferences(items, references);
    addOmitted(items, omittedBranches);
    return items;
  }
  const printed = MapPrototypeGetSize(context.printed);
  const groups = new GlobalMap<string, BranchGroup>();
  let omitted = omittedBranches;
  for (const members of sameBranches(branches)) {
    const branch = members[0] as Stack;
    const reference = referenceFor(branch, context);
    if (reference !== null) {
      ArrayPrototypePush(references, { ...reference, members });
      continue;
    }
    // What others may refer to must not be left out afterwards.
    const isFull = MapPrototypeGetSize(groups) >= MAX_BRANCH_GROUPS;
    if (isFull && mayShare(branch)) {
      omitted += members.length;
      continue;
    }
    const body: string[] = [];
    render(branch, '', depth + 1, context, body);
    const text = ArrayPrototypeJoin(body, '\n');
    const group = MapPrototypeGet(groups, text);
    if (group === undefined)
      MapPrototypeSet(groups, text, { body, members: ArrayCopy(members) });
    else ArrayPrototypePushAll(group.members, members);
  }
  const found = MapPrototypeValues(groups);
  // And it must stand above what refers to it.
  const sorted =
    MapPrototypeGetSize(context.printed) === printed
      ? ArrayPrototypeSort(found, (a, b) => b.members.length - a.members.length)
      : found;
  const items = ArrayPrototypeMap(
    ArrayPrototypeSlice(sorted, 0, MAX_BRANCH_GROUPS),
    groupItem,
  );
  omitted = ArrayPrototypeReduce(
    ArrayPrototypeSlice(sorted, MAX_BRANCH_GROUPS),
    (sum, group) => sum + group.members.length,
    omitted,
  );
  addReferences(items, references);
  addOmitted(items, omitted);
  return items;
}

function singleItems(
  branches: readonly Stack[],
  depth: number,
  context: FormatContext,
  render: RenderStack,
  references: Reference[],
): Item[] {
  const items: Item[] = [];
  const isShared = ArrayPrototypeSome(
    branches,
    (branch) => sharedRest(branch) !== null,
  );
  for (const branch of branches) {
    if (!isShared) {
      ArrayPrototypePush(items, {
        text: indexLabel(branch),
        isBranch: true,
        below: (prefix, lines) =>
          render(branch, prefix, depth + 1, context, lines),
      });
      continue;
    }
    const reference = referenceFor(branch, context);
    if (reference !== null) {
      ArrayPrototypePush(references, { ...reference, members: [branch] });
      continue;
    }
    // Now, as the next one may refer to it.
    const body: string[] = [];
    render(branch, '', depth + 1, context, body);
    ArrayPrototypePush(items, groupItem({ body, members: [branch] }));
  }
  return items;
}

/** What has been printed is one line for all: `[1], [2] (as shown above, #5, #6)`. */
function addReferences(items: Item[], references: readonly Reference[]): void {
  const first = references[0];
  if (first === undefined) return;
  const members = ArrayPrototypeFlatMap(references, (each) => each.members);
  const numbers = ArrayPrototypeMap(
    ArrayPrototypeSlice(references, 0, MAX_NUMBERS),
    ({ number }) => `#${number}`,
  );
  const rest = references.length - numbers.length;
  if (rest > 0) ArrayPrototypePush(numbers, `${groupDigits(rest)} more`);
  const what =
    references.length === 1
      ? first.text
      : `(as shown above, ${ArrayPrototypeJoin(numbers, ', ')})`;
  const label = listedLabel(members);
  const text = label === '' ? what : `${label} ${what}`;
  ArrayPrototypePush(items, { text, isBranch: true, below: null });
}

/** How many are not shown; nothing of none. */
export function addOmitted(items: Item[], omitted: number): void {
  if (omitted <= 0) return;
  const text = `and ${groupDigits(omitted)} more`;
  ArrayPrototypePush(items, { text, isBranch: true, below: null });
}

interface BranchGroup {
  readonly body: readonly string[];
  readonly members: Stack[];
}

// The lines are there already: rendering them again at each level of nesting would double the
// work with every level.
function groupItem({ body, members }: BranchGroup): Item {
  return {
    text: groupLabel(members),
    isBranch: true,
    below: (prefix, lines) => {
      for (const line of body) ArrayPrototypePush(lines, prefix + line);
    },
  };
}

function indexLabel(branch: Stack): string {
  return branch.branchIndex === null ? '' : `[${branch.branchIndex}]`;
}

function groupLabel(members: readonly Stack[]): string {
  if (members.length === 1) return listedLabel(members);
  const alike = `alike${haveOneDepth(members) ? '' : ' but for how often frames repeat'}`;
  const list = listedLabel(members);
  return `${list === '' ? groupDigits(members.length) : list} ${alike}`;
}

/** `[0], [1], [2] and 7 more`; empty where no index is known. */
function listedLabel(members: readonly Stack[]): string {
  const known = ArrayPrototypeFilter(
    ArrayPrototypeMap(members, indexLabel),
    (label) => label !== '',
  );
  const listed = ArrayPrototypeSlice(known, 0, MAX_INDICES);
  const rest = members.length - listed.length;
  const list = ArrayPrototypeJoin(listed, ', ');
  return list === '' || rest === 0
    ? list
    : `${list} and ${groupDigits(rest)} more`;
}

function haveOneDepth(members: readonly Stack[]): boolean {
  const first = members[0];
  const node = first === undefined ? undefined : likenessOf(first)?.node;
  return ArrayPrototypeEvery(
    members,
    (member) => likenessOf(member)?.node === node,
  );
}
