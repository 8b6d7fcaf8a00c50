// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Delegate } from '../base/generators.js';
import { JSONStringify } from '../base/json.js';
import {
  ArrayPrototypeEvery,
  ArrayPrototypeFilter,
  ArrayPrototypeFind,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  ArrayPrototypeReduce,
  ArrayPrototypeSlice,
} from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  GlobalMap,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeSet,
  NumberPrototypeToFixed,
} from '../base/primordials.js';
import { commandText } from '../model/command.js';
import type {
  Dump,
  TaskChanges,
  TaskGroup,
  ThreadDump,
} from '../model/dump.js';
import type { DumpFormat } from '../model/formats.js';
import { originOf } from '../model/origin.js';
import { sharedFrames } from '../model/sharing.js';
import type { Stack } from '../model/stack.js';
import { hasVisibleFrame } from '../model/visible.js';
import { redactText } from '../redact/redact.js';
import { batch } from './batch.js';
import { createContext, type FormatContext } from './context.js';
import { resolveFormatOptions } from './options.js';
import { packageOf } from './package-name.js';
import { openRequestLines } from './open-requests.js';
import { deadlockLines } from './deadlocks.js';
import { stuckLines, waitsText } from './stuck.js';
import { summaryLines } from './summary.js';
import { count, duration, groupDigits } from './text.js';
import { seenText, taskLines } from './tasks.js';
import { errorLines, renderStack } from './tree.js';

declare module '../model/formats.js' {
  interface DumpFormatNames {
    text: true;
  }
}

/**
 * The text of a dump, for somebody who has to find out at night why a process hangs: totals
 * first, then thread by thread what runs, and what waits, the most frequent first.
 */
export const textFormat: DumpFormat = {
  name: 'text',
  extension: 'txt',
  chunks(dump, options) {
    const { showLibraryFrames = false } = options;
    const resolved = resolveFormatOptions({ ...options, showLibraryFrames });
    return batch(dumpPieces(dump, createContext(resolved, true)));
  },
};

function* dumpPieces(dump: Dump, context: FormatContext): Generator<string> {
  const isOnlyLibraries = isLibrary(dump);
  const head = headLines(dump, context);
  const summary = summaryLines(dump, context);
  ArrayPrototypePushAll(
    head,
    summary.length > 0 ? summary : childLines(dump, context),
  );
  yield block(head);
  for (const thread of dump.threads) {
    yield '\n';
    yield* Delegate(threadPieces(thread, isOnlyLibraries, context));
  }
  // In a log, or after a full disk, this is how to tell a whole dump from a piece of one.
  yield `\n=== end of asynctb dump of process ${dump.process.pid} ===\n`;
}

/** Whether the program is itself installed, as what `npx` runs is, and no task is of anything else. */
function isLibrary({ process, threads }: Dump): boolean {
  return (
    originOf(process.argv[1] ?? '') === 'library' &&
    ArrayPrototypeEvery(threads, ({ groups }) =>
      ArrayPrototypeEvery(groups, ({ verdict }) => verdict === 'library'),
    )
  );
}

function block(lines: readonly string[]): string {
  return `${ArrayPrototypeJoin(lines, '\n')}\n`;
}

/** So many children are named. */
const MOST_CHILDREN = 10;

/** Where nothing of the program waits, it may be one of its children that does, as those of `npm run` do. */
function childLines(
  { process: { children } }: Dump,
  { clean }: FormatContext,
): string[] {
  if (children.length === 0) return [];
  const lines = [
    `no task of its own, but ${children.length === 1 ? 'a child process' : `${groupDigits(children.length)} child processes`}:`,
  ];
  for (const { pid, command } of ArrayPrototypeSlice(
    children,
    0,
    MOST_CHILDREN,
  ))
    ArrayPrototypePush(lines, clean(`  child ${pid}: ${command}`));
  const more = children.length - MOST_CHILDREN;
  if (more > 0) ArrayPrototypePush(lines, `  and ${groupDigits(more)} more`);
  return lines;
}

function headLines(dump: Dump, context: FormatContext): string[] {
  const { clean } = context;
  const { pid, node, v8, platform, arch, argv, uptimeMs } = dump.process;
  const reason = {
    api: 'on request',
    signal: 'by signal',
    watchdog: 'by the watchdog',
    exit: 'at exit',
  }[dump.reason];
  const tasks = ArrayPrototypeReduce(
    dump.threads,
    (sum, each) => sum + each.taskCount,
    0,
  );
  const partial = ArrayPrototypeFilter(dump.threads, isPartial).length;
  const missing =
    partial === 0 ? '' : ` (${groupDigits(partial)} of them incomplete)`;
  const lines = [
    `=== asynctb dump of process ${pid}, ${reason}, ${clean(dump.time)} ===`,
    clean(
      `node ${node}, v8 ${v8}, ${platform} ${arch}, up ${duration(uptimeMs)}`,
    ),
    clean(`command: ${commandText(argv)}`),
    `total: ${count(tasks, 'suspended task')} in ${count(dump.threads.length, 'thread')}${missing}`,
  ];
  ArrayPrototypePushAll(lines, deadlockLines(dump, context));
  ArrayPrototypePushAll(lines, stuckLines(dump));
  return lines;
}

/** What such a thread does not show may be there all the same. */
function isPartial(thread: ThreadDump): boolean {
  return thread.status !== 'ok' || thread.error !== null;
}

function* threadPieces(
  thread: ThreadDump,
  isOnlyLibraries: boolean,
  context: FormatContext,
): Generator<string> {
  const ofThread = { ...context, printed: new GlobalMap<number, number>() };
  yield block(threadHead(thread, context));
  if (thread.running !== null) {
    const lines = ['', 'running now:'];
    renderStack(thread.running, '', 0, context, lines);
    yield block(lines);
  }
  const requests = openRequestLines(thread, context);
  if (requests.length > 0) yield block(requests);
  const rest: Rest = {
    internal: NONE,
    library: NONE,
    packages: new GlobalMap(),
  };
  const showsLibraries = context.options.showLibraryFrames || isOnlyLibraries;
  for (const group of thread.groups) {
    const stack = group.peekShared();
    if (!hasVisibleFrame(stack, context.options)) {
      rest.internal = plus(rest.internal, group.count);
      continue;
    }
    const name = showsLibraries ? null : onlyLibrary(group, stack);
    if (name === null) {
      yield block(groupLines(group, stack, ofThread));
    } else {
      rest.library = plus(rest.library, group.count);
      const before = MapPrototypeGet(rest.packages, name) ?? 0;
      MapPrototypeSet(rest.packages, name, before + group.count);
    }
  }
  yield* Delegate(restPieces(thread, rest, context));
}

function groupLines(
  group: TaskGroup,
  stack: Stack,
  context: FormatContext,
): string[] {
  const { depths } = group;
  const depth =
    depths === null
      ? ''
      : `, ${groupDigits(depths.least)} to ${groupDigits(depths.most)} frames deep`;
  const lines = [
    '',
    `${count(group.count, 'task')} ${waitsText(group)} here${depth}${seenText(group)}:`,
  ];
  if (context.options.locals && group.sampled > 0 && group.count > 1) {
    const of = `${group.sampled} of ${count(group.count, 'task')}`;
    ArrayPrototypePush(
      lines,
      `(locals of ${of}: those of the others may differ)`,
    );
  }
  const isLibrary = group.verdict === 'library';
  renderStack(
    stack,
    '',
    0,
    // Where nothing is of the program, nothing is folded.
    isLibrary
      ? { ...context, depths, foldsLibraries: false }
      : { ...context, depths },
    lines,
  );
  ArrayPrototypePushAll(lines, taskLines(group, context));
  return lines;
}

/** So many groups that have so many tasks. */
interface Amount {
  readonly groups: number;
  readonly tasks: number;
}

const NONE: Amount = { groups: 0, tasks: 0 };

function plus({ groups, tasks }: Amount, more: number): Amount {
  return { groups: groups + 1, tasks: tasks + more };
}

/** Groups that are only counted. */
interface Rest {
  internal: Amount;
  library: Amount;
  /** How many tasks of `library` are of which package. */
  readonly packages: Map<string, number>;
}

/** The outermost library of tasks that are of no other code; null of others. */
function onlyLibrary(group: TaskGroup, stack: Stack): string | null {
  if (group.verdict !== 'library') return null;
  const frame = ArrayPrototypeFind(
    sharedFrames(stack),
    ({ site }) => site.origin === 'library',
  );
  return frame === undefined ? null : packageOf(frame.scriptName);
}

function* restPieces(
  thread: ThreadDump,
  { internal, library, packages }: Rest,
  { clean }: FormatContext,
): Generator<string> {
  const { omitted } = thread;
  if (omitted.groups > 0) {
    yield `\nand ${groupDigits(omitted.tasks)} more: ${inPlaces(omitted)} (raise maxTasks to see them)\n`;
  }
  if (library.groups > 0) {
    const parts: string[] = [];
    MapPrototypeForEach(packages, (tasks, name) =>
      ArrayPrototypePush(parts, `${groupDigits(tasks)} in ${clean(name)}`),
    );
    yield `\n${inPlaces(library)} in libraries only: ${ArrayPrototypeJoin(parts, ', ')} (showLibraryFrames or ASYNCTB_SHOW=library shows those)\n`;
  }
  if (internal.groups > 0) {
    yield `\n${inPlaces(internal)} in hidden frames only, such as Node's own (showInternalFrames shows those)\n`;
  }
}

function inPlaces({ tasks, groups }: Amount): string {
  return `${count(tasks, 'task')} at ${count(groups, 'place')}`;
}

function threadHead(thread: ThreadDump, context: FormatContext): string[] {
  const name =
    thread.name === ''
      ? ''
      : ` ${context.clean(JSONStringify(redactText(thread.name)))}`;
  const lines = [
    `=== thread ${thread.threadId}${name}: ${threadState(thread)} ===`,
  ];
  if (thread.status === 'ok') ArrayPrototypePush(lines, effortLine(thread));
  if (thread.changes !== null)
    ArrayPrototypePush(lines, changesLine(thread.changes));
  if (thread.error !== null) {
    ArrayPrototypePushAll(lines, errorLines(thread.error, context));
  }
  return lines;
}

/** Without a walk of the heap, its counts would say that nothing is there. */
function effortLine({ stats }: ThreadDump): string {
  const paused = `thread paused for ${NumberPrototypeToFixed(stats.pauseMs, 1)} ms`;
  if (stats.heapObjects === 0) return paused;
  const objects = count(stats.heapObjects, 'heap object');
  const activations = count(stats.activations, 'activation');
  const promises = count(stats.promises, 'pending promise');
  const part =
    stats.partlyExplained === true ? '; not all reasons were looked for' : '';
  return `walked ${objects}: ${activations}, ${promises}; ${paused}${part}`;
}

function changesLine(changes: TaskChanges): string {
  const { sinceMs, gone, moved } = changes;
  const since = `since the last dump, ${duration(sinceMs)} before`;
  return changes.new === 0 && gone === 0 && moved === 0
    ? `${since}, no task has come, gone or moved`
    : `${since}: ${count(changes.new, 'new task')}, ${groupDigits(gone)} gone, ${groupDigits(moved)} moved`;
}

function threadState(thread: ThreadDump): string {
  if (thread.status === 'timed-out') return 'no answer in time';
  if (thread.status === 'exited') return 'exited';
  if (thread.status === 'not-registered') return 'not registered';
  const activity =
    thread.activity === null
      ? 'nothing known'
      : thread.activity === 'blocked-in-native'
        ? 'blocked in native code'
        : thread.activity;
  if (thread.taskCount === 0) {
    return isPartial(thread)
      ? `${activity}, suspended tasks not known`
      : `${activity}, no suspended tasks`;
  }
  const places = thread.groups.length + thread.omitted.groups;
  return `${activity}, ${count(thread.taskCount, 'suspended task')} at ${count(places, 'place')}`;
}
