// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  MathMax,
  ObjectEntries,
  StringPrototypeSlice,
} from '../base/primordials.js';
import type { TaskGroup } from '../model/dump.js';
import type { Task } from '../model/task.js';
import type { FormatContext } from './context.js';
import { duration, groupDigits } from './text.js';

/** Less than this is no news. */
const LEAST_SEEN_MS = 1_000;
/** The rest of a value is in the JSON. */
const LONGEST_VALUE = 120;

/** For the end of a group's head: since when its tasks are there; '' for what nobody has seen before. */
export function seenText({ count, tasks }: TaskGroup): string {
  let most = 0;
  let least = count > tasks.length ? 0 : Infinity;
  for (const { seenMs } of tasks) {
    most = MathMax(most, seenMs);
    if (seenMs < least) least = seenMs;
  }
  if (most < LEAST_SEEN_MS) return '';
  const text = `for ${duration(most)} at least`;
  return duration(most) === duration(least)
    ? ` ${text}`
    : `, the first here ${text}`;
}

/** Whose the tasks of a group are: a line for each of which that is known. */
export function taskLines(
  { count, tasks }: TaskGroup,
  { clean }: FormatContext,
): string[] {
  const lines: string[] = [];
  for (const task of tasks) {
    const text = whose(task);
    if (text !== '') ArrayPrototypePush(lines, `    ${clean(text)}`);
  }
  const more = count - lines.length;
  if (lines.length > 0 && more > 0)
    ArrayPrototypePush(lines, `    … ${groupDigits(more)} more`);
  return lines;
}

function whose({ context, request }: Task): string {
  const parts: string[] = [];
  if (request !== null) {
    const age = request.ageMs === null ? '' : ` (${duration(request.ageMs)})`;
    ArrayPrototypePush(parts, `${request.method} ${short(request.url)}${age}`);
  }
  for (const { 0: key, 1: value } of ObjectEntries(context))
    ArrayPrototypePush(parts, `${key}=${short(value)}`);
  return ArrayPrototypeJoin(parts, ', ');
}

function short(text: string): string {
  return text.length > LONGEST_VALUE
    ? `${StringPrototypeSlice(text, 0, LONGEST_VALUE)}…`
    : text;
}
