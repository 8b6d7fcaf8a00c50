// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush, ArrayPrototypeSlice } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import type { Deadlock, DeadlockTask } from '../model/deadlock.js';
import type { Dump } from '../model/dump.js';
import { redactText } from '../redact/redact.js';
import type { FormatContext } from './context.js';
import { displayPath, joinPosition } from './location.js';
import { count, groupDigits } from './text.js';

/** So many circles are told at the head of a dump, and so many tasks of each. */
const MOST_CIRCLES = 5;
const MOST_TASKS = 8;

/** What the head of a dump says of tasks that wait for each other; nothing where there are none. */
export function deadlockLines(dump: Dump, context: FormatContext): string[] {
  const lines: string[] = [];
  let all = 0;
  for (const { deadlocks } of dump.threads) {
    for (const deadlock of deadlocks) {
      if (all++ < MOST_CIRCLES) addLines(lines, deadlock, context);
    }
  }
  const more = all - MOST_CIRCLES;
  if (more > 0)
    ArrayPrototypePush(lines, `and ${count(more, 'more deadlock')}`);
  return lines;
}

function addLines(
  lines: string[],
  { tasks, count: circles, sure }: Deadlock,
  { clean, options }: FormatContext,
): void {
  const times = circles > 1 ? `, ${groupDigits(circles)} times` : '';
  const what =
    tasks.length === 1
      ? 'a task waits for what it has itself'
      : `${count(tasks.length, 'task')} wait for each other`;
  ArrayPrototypePush(
    lines,
    `${sure ? 'deadlock' : 'likely deadlock'}: ${what}${times}`,
  );
  const who = ({
    functionName,
    scriptName,
    lineNumber,
  }: DeadlockTask): string => {
    const name = functionName === '' ? '<anonymous>' : functionName;
    const path = displayPath(scriptName, options.cwd);
    const where = joinPosition(path, lineNumber, null);
    return where === '' ? name : `${name}, ${where},`;
  };
  const shown = ArrayPrototypeSlice(tasks, 0, MOST_TASKS);
  for (let at = 0; at < shown.length; at++) {
    const task = shown[at] as DeadlockTask;
    const next = tasks[(at + 1) % tasks.length] as DeadlockTask;
    const holds = next.holds === null ? '' : ` (by ${next.holds})`;
    const said = redactText(task.waitsFor);
    const text = RegExpTest(/^(?:held|may be settled) by /, said)
      ? `what is ${said}`
      : said;
    const isName = said === next.functionName;
    const by = isName ? '' : `, which ${who(next)} may release${holds}`;
    ArrayPrototypePush(lines, clean(`  ${who(task)} waits for ${text}${by}`));
  }
  const more = tasks.length - shown.length;
  if (more > 0)
    ArrayPrototypePush(lines, `  and so on: ${count(more, 'more task')}`);
}
