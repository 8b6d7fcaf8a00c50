// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayCopy, ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  ArrayPrototypeReverse,
} from '../base/primordials.js';
import type { FlatOptions } from '../model/formats.js';
import type { Frame } from '../model/frame.js';
import type { Stack } from '../model/stack.js';
import { visibleFrames } from '../model/visible.js';
import {
  createContext,
  type FormatContext,
  isStack,
  MAX_NESTING,
} from './context.js';
import { describeLeaf, describeValue } from './describe.js';
import { displayName, displayPath, joinPosition } from './location.js';
import { resolveFormatOptions } from './options.js';
import { describeResource } from './resources.js';
import type { Resource } from '../model/resource.js';
import { groupDigits } from './text.js';
import { errorLines } from './tree.js';

const INDENT = '    ';

/**
 * As Node prints `error.stack`: one line a frame, most recent call first. The branches of a
 * combinator stand one after the other, each ending at its `Promise.all (index n)`.
 */
export function formatStackFlat(stack: Stack, options?: FlatOptions): string {
  const context = createContext(resolveFormatOptions(options, false));
  const of =
    stack.root === undefined
      ? ''
      : ` of ${context.clean(describeValue(stack.root))}`;
  const lines = [`asynctb.Stack${of} (most recent call first):`];
  flatten(stack, 0, context, lines);
  return ArrayPrototypeJoin(lines, '\n');
}

function flatten(
  stack: Stack,
  depth: number,
  context: FormatContext,
  lines: string[],
): void {
  if (depth >= MAX_NESTING) {
    ArrayPrototypePush(
      lines,
      `${INDENT}(nested more than ${MAX_NESTING} deep: not shown)`,
    );
    return;
  }
  if (stack.error !== null) pushError(stack.error, context, lines);
  for (const leaf of stack.leaves) {
    ArrayPrototypePush(
      lines,
      `${INDENT}(waiting for ${context.clean(describeLeaf(leaf, stack))})`,
    );
  }
  const visible = visibleFrames(stack, context.options);
  for (let index = visible.length - 1; index >= 0; index--) {
    flattenFrame(visible[index] as Frame, depth, context, lines);
  }
}

function flattenFrame(
  frame: Frame,
  depth: number,
  context: FormatContext,
  lines: string[],
): void {
  const { clean, options } = context;
  for (const resource of ArrayPrototypeReverse(ArrayCopy(frame.resources))) {
    if (options.showResources) {
      flattenResource(resource, depth + 1, context, lines);
    } else {
      flattenErrors(resource, depth + 1, context, lines);
    }
  }
  const own = INDENT + clean(flatLine(frame, options.cwd));
  if (frame.branchesUp) ArrayPrototypePush(lines, own);
  for (const branch of frame.branches) {
    flatten(branch, depth + 1, context, lines);
    if (frame.branchesUp) continue;
    const which =
      branch.branchIndex === null ? '' : ` (index ${branch.branchIndex})`;
    ArrayPrototypePush(
      lines,
      `${INDENT}at async ${clean(frame.functionName)}${which}`,
    );
  }
  if (frame.branchesUp) {
    if (frame.omittedBranches > 0) {
      ArrayPrototypePush(
        lines,
        `${INDENT}(and ${groupDigits(frame.omittedBranches)} more)`,
      );
    }
  } else if (frame.branches.length === 0 || frame.inputs === null) {
    ArrayPrototypePush(lines, own);
  }
}

/** Of resources that are not shown themselves: what went wrong is never left out. */
function flattenErrors(
  resource: Resource,
  depth: number,
  context: FormatContext,
  lines: string[],
): void {
  if (depth >= MAX_NESTING) return;
  const inside = ArrayPrototypeReverse(ArrayCopy(resource.children));
  if (resource.innerStack !== null)
    ArrayPrototypePush(inside, resource.innerStack);
  for (const each of inside) {
    if (!isStack(each)) {
      flattenErrors(each, depth + 1, context, lines);
      continue;
    }
    if (each.error !== null) pushError(each.error, context, lines);
    for (const frame of ArrayPrototypeReverse(ArrayCopy(each.frames))) {
      for (const below of frame.resources) {
        flattenErrors(below, depth + 1, context, lines);
      }
    }
  }
}

function pushError(
  error: Error,
  context: FormatContext,
  lines: string[],
): void {
  for (const line of errorLines(error, context))
    ArrayPrototypePush(lines, INDENT + line);
}

function flattenResource(
  resource: Resource,
  depth: number,
  context: FormatContext,
  lines: string[],
): void {
  const { clean, options } = context;
  if (resource.hide && !options.showHiddenFrames) return;
  if (depth < MAX_NESTING) {
    for (const child of ArrayPrototypeReverse(ArrayCopy(resource.children))) {
      if (isStack(child)) flatten(child, depth + 1, context, lines);
      else flattenResource(child, depth + 1, context, lines);
    }
    if (resource.innerStack !== null) {
      flatten(resource.innerStack, depth + 1, context, lines);
    }
  }
  ArrayPrototypePush(lines, `${INDENT}(${clean(describeResource(resource))})`);
}

function flatLine(frame: Frame, cwd: string | null): string {
  // Node leaves `file:` URLs of modules as they are; so do we, unless a shorter path is asked for.
  const path =
    cwd === null ? frame.scriptName : displayPath(frame.scriptName, cwd);
  const position = joinPosition(path, frame.lineNumber, frame.columnNumber);
  const prefix = isAwaited(frame) ? 'at async ' : 'at ';
  if (position === '') return prefix + displayName(frame);
  if (frame.functionName === '' && frame.inputs === null)
    return prefix + position;
  return `${prefix}${displayName(frame)} (${position})`;
}

/** Node says `async` of what is not on the machine's stack but comes back later. */
function isAwaited(frame: Frame): boolean {
  return frame.state === 'suspended' && frame.kind !== 'generator';
}
