// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeReduce } from '../base/lists.js';
import type { Dump, TaskGroup } from '../model/dump.js';
import { count } from './text.js';

/** What the head of a dump says of tasks that nothing can resume; nothing where there are none. */
export function stuckLines(dump: Dump): string[] {
  const stuck = ArrayPrototypeReduce(
    dump.threads,
    (sum, { groups }) =>
      ArrayPrototypeReduce(
        groups,
        (tasks, group) =>
          group.verdict === 'stuck' ? tasks + group.count : tasks,
        sum,
      ),
    0,
  );
  if (stuck === 0) return [];
  const waits = stuck === 1 ? 'it waits' : 'they wait';
  return [
    `stuck: ${count(stuck, 'task')}; nothing can ever settle what ${waits} for`,
  ];
}

/** What the tasks of a group do. */
export function waitsText({ count: tasks, verdict }: TaskGroup): string {
  if (verdict === 'stuck') return tasks === 1 ? 'is stuck' : 'are stuck';
  return tasks === 1 ? 'waits' : 'wait';
}
