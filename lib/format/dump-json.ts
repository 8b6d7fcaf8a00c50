// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { JSONStringify } from '../base/json.js';
import { ArrayCopy, ArrayPrototypeMap } from '../base/lists.js';
import { StringPrototypeSlice } from '../base/primordials.js';
import type { Dump, TaskGroup, ThreadDump } from '../model/dump.js';
import type { Task } from '../model/task.js';
import type { DumpFormat, JsonOptions } from '../model/formats.js';
import type {
  DumpHeadJson,
  DumpJson,
  GroupJson,
  TaskJson,
  ThreadHeadJson,
  ThreadJson,
} from '../model/json.js';
import { redactText } from '../redact/redact.js';
import { batch } from './batch.js';
import { errorToJson, stackToJson } from './json.js';

/** The version of `docs/dump.schema.json`: raised when a reader of the old one would be misled. */
const SCHEMA_VERSION = 2;

declare module '../model/formats.js' {
  interface DumpFormatNames {
    json: true;
  }
}

export const jsonFormat: DumpFormat = {
  name: 'json',
  extension: 'json',
  chunks: (dump, { locals }) => dumpJsonChunks(dump, { locals }),
};

export function dumpToJson(dump: Dump, options: JsonOptions): DumpJson {
  return {
    ...dumpHead(dump),
    threads: ArrayPrototypeMap(dump.threads, (thread) =>
      threadToJson(thread, options),
    ),
  };
}

export function threadToJson(
  thread: ThreadDump,
  options: JsonOptions,
): ThreadJson {
  return {
    ...threadHead(thread, options),
    groups: ArrayPrototypeMap(thread.groups, (group) =>
      groupToJson(group, options),
    ),
  };
}

export function groupToJson(group: TaskGroup, options: JsonOptions): GroupJson {
  const { count, sampled, verdict, depths } = group;
  const json: GroupJson = {
    count,
    verdict,
    tasks: ArrayPrototypeMap(group.tasks, taskToJson),
    stack: stackToJson(group.peek(), options),
  };
  if (depths !== null) json.depths = { ...depths };
  if (options.locals === true && sampled > 0) json.sampled = sampled;
  return json;
}

function taskToJson({ id, context, request, seenMs }: Task): TaskJson {
  return {
    id,
    context: { ...context },
    request: request === null ? null : { ...request },
    seenMs,
  };
}

/** Character for character what `JSON.stringify(dump)` gives, without the whole in memory. */
function dumpJsonChunks(dump: Dump, options: JsonOptions): Generator<string> {
  return batch(jsonPieces(dump, options));
}

function* jsonPieces(dump: Dump, options: JsonOptions): Generator<string> {
  yield openObject(dumpHead(dump), 'threads');
  let separator = '';
  for (const thread of dump.threads) {
    if (separator !== '') yield separator;
    separator = ',';
    yield openObject(threadHead(thread, options), 'groups');
    let between = '';
    for (const group of thread.groups) {
      if (between !== '') yield between;
      between = ',';
      yield JSONStringify(groupToJson(group, options));
    }
    yield ']}';
  }
  yield ']}';
}

/** `head`, not closed, with the list `key` begun. */
function openObject(head: object, key: string): string {
  return `${StringPrototypeSlice(JSONStringify(head), 0, -1)},${JSONStringify(key)}:[`;
}

function dumpHead(dump: Dump): DumpHeadJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    time: dump.time,
    reason: dump.reason,
    process: {
      ...dump.process,
      argv: ArrayCopy(dump.process.argv),
      children: ArrayPrototypeMap(dump.process.children, (child) => ({
        ...child,
      })),
    },
  };
}

function threadHead(thread: ThreadDump, options: JsonOptions): ThreadHeadJson {
  return {
    threadId: thread.threadId,
    name: redactText(thread.name),
    status: thread.status,
    activity: thread.activity,
    error: errorToJson(thread.error),
    stats: { ...thread.stats },
    running:
      thread.running === null ? null : stackToJson(thread.running, options),
    taskCount: thread.taskCount,
    omitted: { ...thread.omitted },
    changes: thread.changes === null ? null : { ...thread.changes },
    deadlocks: ArrayPrototypeMap(thread.deadlocks, (deadlock) => ({
      ...deadlock,
      tasks: ArrayPrototypeMap(deadlock.tasks, (task) => ({
        ...task,
        waitsFor: redactText(task.waitsFor),
      })),
    })),
    openRequests: ArrayPrototypeMap(thread.openRequests, (request) => ({
      ...request,
    })),
    activeResources: { ...thread.activeResources },
  };
}
