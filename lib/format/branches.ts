// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeReduce,
  ArrayPrototypeSlice,
  MapPrototypeValues,
} from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  ArrayPrototypeSort,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { Frame } from '../model/frame.js';
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
  const groups = new GlobalMap<string, BranchGroup>();
  for (const branch of branches) {
    const body: string[] = [];
    render(branch, '', depth + 1, context, body);
    const text = ArrayPrototypeJoin(body, '\n');
    const group = MapPrototypeGet(groups, text);
    if (group === undefined)
      MapPrototypeSet(groups, text, { body, members: [branch] });
    else ArrayPrototypePush(group.members, branch);
  }
  const sorted = ArrayPrototypeSort(
    MapPrototypeValues(groups),
    (a, b) => b.members.length - a.members.length,
  );
  const items = ArrayPrototypeMap(
    ArrayPrototypeSlice(sorted, 0, MAX_BRANCH_GROUPS),
    groupItem,
  );
  const omitted = ArrayPrototypeReduce(
    ArrayPrototypeSlice(sorted, MAX_BRANCH_GROUPS),
    (sum, group) => sum + group.members.length,
    omittedBranches,
  );
  addOmitted(items, omitted);
  return items;
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
