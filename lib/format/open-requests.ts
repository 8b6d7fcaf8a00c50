// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeFilter,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
} from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { ThreadDump } from '../model/dump.js';
import type { OpenRequest } from '../model/open-requests.js';
import type { FormatContext } from './context.js';
import { count, duration, groupDigits } from './text.js';

/** So many different ones are written out. */
const MOST_LINES = 20;

/**
 * HTTP requests that are not over, those that no task stands behind first: their handlers may have been
 * collected, or never were async functions.
 */
export function openRequestLines(
  { openRequests }: ThreadDump,
  context: FormatContext,
): string[] {
  const isServer = ({ side }: OpenRequest): boolean => side === 'server';
  const isClient = ({ side }: OpenRequest): boolean => side === 'client';
  const lines: string[] = [];
  ArrayPrototypePushAll(
    lines,
    sideLines(ArrayPrototypeFilter(openRequests, isServer), '', context),
  );
  ArrayPrototypePushAll(
    lines,
    sideLines(ArrayPrototypeFilter(openRequests, isClient), ' sent', context),
  );
  return lines;
}

function sideLines(
  requests: readonly OpenRequest[],
  what: string,
  { clean }: FormatContext,
): string[] {
  if (requests.length === 0) return [];
  const tasks = ArrayPrototypeFilter(requests, ({ hasTask }) => hasTask).length;
  const total = count(requests.length, 'open request');
  const lines = ['', `${total}${what}; ${taskText(tasks, requests.length)}:`];
  const counts = new GlobalMap<string, number>();
  for (const hasTask of [false, true]) {
    for (const request of requests) {
      if (request.hasTask !== hasTask) continue;
      const text = lineOf(request);
      MapPrototypeSet(counts, text, (MapPrototypeGet(counts, text) ?? 0) + 1);
    }
  }
  let shown = 0;
  let rest = 0;
  MapPrototypeForEach(counts, (times, text) => {
    if (shown++ >= MOST_LINES) {
      rest += times;
      return;
    }
    const often = times === 1 ? '' : ` × ${groupDigits(times)}`;
    ArrayPrototypePush(lines, clean(`  ${text}${often}`));
  });
  if (rest > 0) ArrayPrototypePush(lines, `  and ${groupDigits(rest)} more`);
  return lines;
}

function taskText(tasks: number, all: number): string {
  if (tasks === 0) return all === 1 ? 'it has no task' : 'none has a task';
  if (tasks === all) return all === 1 ? 'it has a task' : 'each has a task';
  return tasks === 1 ? '1 has a task' : `${groupDigits(tasks)} have tasks`;
}

function lineOf({ method, url, ageMs, hasTask }: OpenRequest): string {
  const age = ageMs === null ? '' : ` for ${duration(ageMs)}`;
  return `${method} ${url}${age}${hasTask ? '' : ', without a task'}`;
}
