// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayCopy,
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  ArrayPrototypeReduce,
  ArrayPrototypeSlice,
  MapPrototypeValues,
} from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  ArrayPrototypeSort,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { Frame } from '../model/frame.js';
import { sharedRest } from '../model/sharing.js';
import type { Stack } from '../model/stack.js';
import type { FormatContext } from './context.js';
import { type Item, type RenderStack } from './items.js';
import { groupDigits } from './text.js';

/** Up to here each branch is shown; above, equal ones are shown once. */
const MAX_SINGLE_BRANCHES = 8;
/** So many different branches are shown of a combinator with more. */
const MAX_BRANCH_GROUPS = 20;
/** So many indices are listed before the rest is only counted. */
const MAX_INDICES = 3;

/** What to print below a combinator: `Promise.all` over 10,000 requests is one thing, not 10,000. */
export function branchItems(
  { branches, omittedBranches }: Frame,
  depth: number,
  context: FormatContext,
  render: RenderStack,
): Item[] {
  if (branches.length <= MAX_SINGLE_BRANCHES) {
    const items = ArrayPrototypeMap(branches, (branch): Item => ({
      text: indexLabel(branch),
      isBranch: true,
      below: (prefix, lines) =>
        render(branch, prefix, depth + 1, context, lines),
    }));
    addOmitted(items, omittedBranches);
    return items;
  }
  const printed = MapPrototypeGetSize(context.printed);
  const groups = new GlobalMap<string, BranchGroup>();
  let omitted = omittedBranches;
  for (const members of sameBranches(branches)) {
    const branch = members[0] as Stack;
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
  addOmitted(items, omitted);
  return items;
}

/** Those together that are nothing but one and the same, which others share; the most first. */
function sameBranches(branches: readonly Stack[]): readonly Stack[][] {
  const known = new GlobalMap<number, Stack[]>();
  const all: Stack[][] = [];
  for (const branch of branches) {
    const rest = branch.frames.length === 0 ? sharedRest(branch) : null;
    const same = rest === null ? undefined : MapPrototypeGet(known, rest.id);
    if (same !== undefined) {
      ArrayPrototypePush(same, branch);
      continue;
    }
    const members = [branch];
    if (rest !== null) MapPrototypeSet(known, rest.id, members);
    ArrayPrototypePush(all, members);
  }
  return MapPrototypeGetSize(known) === 0
    ? all
    : ArrayPrototypeSort(all, (a, b) => b.length - a.length);
}

/** Of larger stacks it is not found out. */
const MOST_SEARCHED = 200;

/** Whether something may be in a stack, or in its branches, that others share. */
function mayShare(start: Stack): boolean {
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
  const known = ArrayPrototypeFilter(
    ArrayPrototypeMap(members, indexLabel),
    (label) => label !== '',
  );
  const listed = ArrayPrototypeSlice(known, 0, MAX_INDICES);
  const rest = members.length - listed.length;
  const list = ArrayPrototypeJoin(listed, ', ');
  if (rest === 0 || members.length === 1) return list;
  return list === ''
    ? `${groupDigits(members.length)} alike`
    : `${list} and ${groupDigits(rest)} more alike`;
}
