// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Scenario } from './scenarios';

const END = /^=== end of asynctb dump of process \d+ ===\n/mu;
const GROUP = /^([\d,]+) tasks? waits? here:$/u;
const FRAME = /[╠╚] ([\w$.]+) at .*scripts\/demo\/shop\/[\w.-]+:\d+:\d+/u;

interface Group {
  count: number;
  /** The shop's functions, from the outermost to the innermost. */
  functions: string[];
}

export function isCompleteDump(text: string): boolean {
  return END.test(text);
}

/** What the dump does not say although it should, one line each. */
export function checkDump(
  text: string,
  scenarios: readonly Scenario[],
): string[] {
  const groups = parseGroups(text);
  return scenarios.flatMap(({ requests, route, functions }) => {
    const path = functions.join(' > ');
    const group = groups.find((each) => each.functions.join(' > ') === path);
    if (group === undefined) return [`${route}: no group waits in ${path}`];
    if (group.count === requests) return [];
    return [`${route}: ${group.count} tasks wait, ${requests} were sent`];
  });
}

function parseGroups(text: string): Group[] {
  const groups: Group[] = [];
  let group: Group | null = null;
  for (const line of text.split('\n')) {
    const head = GROUP.exec(line)?.[1];
    if (head !== undefined) {
      group = { count: Number(head.replaceAll(',', '')), functions: [] };
      groups.push(group);
    } else if (line === '') {
      group = null;
    }
    const name = FRAME.exec(line)?.[1];
    if (name !== undefined) group?.functions.push(name);
  }
  return groups;
}
