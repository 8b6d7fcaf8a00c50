// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

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
    const items = branches.map((branch): Item => ({
      text: indexLabel(branch),
      isBranch: true,
      below: (prefix, lines) =>
        render(branch, prefix, depth + 1, context, lines),
    }));
    addOmitted(items, omittedBranches);
    return items;
  }
  const groups = new Map<string, BranchGroup>();
  for (const branch of branches) {
    const body: string[] = [];
    render(branch, '', depth + 1, context, body);
    const text = body.join('\n');
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { body, members: [branch] });
    else group.members.push(branch);
  }
  const sorted = [...groups.values()].sort(
    (a, b) => b.members.length - a.members.length,
  );
  const items = sorted.slice(0, MAX_BRANCH_GROUPS).map(groupItem);
  const omitted = sorted
    .slice(MAX_BRANCH_GROUPS)
    .reduce((sum, group) => sum + group.members.length, omittedBranches);
  addOmitted(items, omitted);
  return items;
}

/** How many are not shown; nothing of none. */
export function addOmitted(items: Item[], omitted: number): void {
  if (omitted <= 0) return;
  const text = `and ${groupDigits(omitted)} more`;
  items.push({ text, isBranch: true, below: null });
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
      for (const line of body) lines.push(prefix + line);
    },
  };
}

function indexLabel(branch: Stack): string {
  return branch.branchIndex === null ? '' : `[${branch.branchIndex}]`;
}

function groupLabel(members: readonly Stack[]): string {
  const known = members.map(indexLabel).filter((label) => label !== '');
  const listed = known.slice(0, MAX_INDICES);
  const rest = members.length - listed.length;
  const list = listed.join(', ');
  if (rest === 0 || members.length === 1) return list;
  return list === ''
    ? `${groupDigits(members.length)} alike`
    : `${list} and ${groupDigits(rest)} more alike`;
}
