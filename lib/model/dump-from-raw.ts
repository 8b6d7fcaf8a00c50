// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap, ArrayPrototypePush } from '../base/lists.js';
import { ownProperties } from '../base/own.js';
import type { RawProcess } from '../base/capture.js';
import type { FormatOptions } from './formats.js';
import { commandText } from './command.js';
import { redactArguments } from '../redact/arguments.js';
import {
  Dump,
  type DumpReason,
  type Omitted,
  type ProcessInfo,
  type TaskChanges,
  TaskGroup,
  ThreadDump,
} from './dump.js';
import { capturedError, joinErrors } from '../base/errors.js';
import { activeResourcesOf, openRequestsOf } from './open-requests.js';
import { RawStacks } from './raw-stacks.js';
import type { CapturedThread } from './site.js';
import { hasVisibleFrame } from './visible.js';

export interface DumpMeta {
  reason: DumpReason;
  /** ISO 8601. */
  time: string;
}

export interface DumpLimits extends FormatOptions {
  /**
   * At most so many groups a thread are kept; the rest is counted. Default: all of them, but where
   * many stacks are hundreds of frames long: see MOST_FRAMES.
   */
  maxTasks?: number | undefined;
  /** At most so many frames a stack, branches included. Default 10,000. */
  maxFrames?: number | undefined;
}

/**
 * A title stands where the command line was, and the program has put it there: of the arguments, only the
 * script is shown then.
 */
function describeProcess({
  title = '',
  children = [],
  ...rest
}: RawProcess): ProcessInfo {
  const { argv } = rest;
  const shown = title === '' || argv.length < 2 ? argv : [title, argv[1] ?? ''];
  return {
    ...rest,
    argv: redactArguments(shown),
    children: ArrayPrototypeMap(children, ({ pid, argv }) => ({
      pid,
      command: commandText(redactArguments(argv)),
    })),
  };
}

/**
 * Plain data in, model out: needs no Node, and runs in a bare V8 context as well. */
export function dumpFromRaw(
  threads: readonly CapturedThread[],
  process: RawProcess,
  meta: DumpMeta,
  options: DumpLimits = {},
): Dump {
  const { maxTasks, maxFrames, ...rest } = ownProperties(options);
  const defaults = ownProperties(rest);
  return new Dump(
    describeProcess(process),
    meta.time,
    meta.reason,
    ArrayPrototypeMap(threads, (thread) =>
      threadFromRaw(ownProperties(thread), maxTasks, maxFrames, defaults),
    ),
    defaults,
  );
}

function threadFromRaw(
  raw: CapturedThread,
  maxTasks: number | undefined,
  maxFrames: number | undefined,
  options: FormatOptions,
): ThreadDump {
  const stacks = new RawStacks(raw, maxFrames);
  const { 0: groups, 1: omitted } = limitGroups(stacks, maxTasks, options);
  const { heapObjects, pauseMs, waitMs, activations, promises } = raw.stats;
  return new ThreadDump({
    threadId: raw.threadId,
    name: raw.name,
    status: raw.status,
    activity: raw.activity,
    running: stacks.running(),
    error: joinErrors(
      ArrayPrototypeMap(raw.errors, ({ code, message }) =>
        capturedError(code, message),
      ),
    ),
    taskCount: stacks.taskCount,
    groups,
    omitted,
    deadlocks: stacks.deadlocks(),
    openRequests: openRequestsOf(raw),
    activeResources: activeResourcesOf(raw),
    changes: changesOf(raw),
    stats: {
      heapObjects,
      pauseMs,
      waitMs,
      activations,
      promises,
      ...(raw.evidence?.isCut === true ? { partlyExplained: true } : {}),
    },
  });
}

function changesOf({ changes }: CapturedThread): TaskChanges | null {
  if (changes === undefined) return null;
  const { sinceMs, fresh, gone, moved } = changes;
  return { sinceMs, new: fresh, gone, moved };
}

/**
 * What is kept of one thread unless `maxTasks` asks for more: so many groups, and so many frames of
 * long stacks, branches included. The callers of a queue of a million jobs stand in a million
 * different stacks, each one frame longer than the last.
 */
const MOST_GROUPS = 250_000;
const MOST_FRAMES = 50_000;
const LONG = 100;

/** Whether the text of a dump has more of a group than its number. */
function isPrinted(group: TaskGroup, options: FormatOptions): boolean {
  if (group.verdict === 'library' && options.showLibraryFrames !== true)
    return options.showInternalFrames === true;
  return hasVisibleFrame(group.peek(), options);
}

/**
 * Groups that are not going to be printed do not use up the limit: Node's own few must not push
 * out what the program waits for.
 */
function limitGroups(
  stacks: RawStacks,
  maxTasks: number | undefined,
  options: FormatOptions,
): [TaskGroup[], Omitted] {
  const kept: TaskGroup[] = [];
  const omitted: Omitted = { groups: 0, tasks: 0 };
  const { groupCount } = stacks;
  const keepsAll = maxTasks !== undefined && groupCount <= maxTasks;
  const most = maxTasks ?? MOST_GROUPS;
  let visible = 0;
  let frames = MOST_FRAMES;
  for (let index = 0; index < groupCount; index++) {
    const group = stacks.groupAt(index);
    if (!keepsAll && (visible >= most || frames <= 0)) {
      omitted.groups++;
      omitted.tasks += group.count;
      continue;
    }
    ArrayPrototypePush(kept, group);
    if (maxTasks === undefined) {
      visible++;
      const size = stacks.sizeOf(index, MOST_FRAMES);
      if (size > LONG) frames -= size;
    } else if (!keepsAll && isPrinted(group, options)) {
      visible++;
    }
  }
  return [kept, omitted];
}
