// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { GeneratorForEach } from '../base/generators.js';
import { ArrayPrototypePush } from '../base/lists.js';
import { ArrayPrototypeJoin, SymbolInspect } from '../base/primordials.js';
import { ownProperties } from '../base/own.js';
import { checkOptions } from '../base/arguments.js';
import { invalidArgument } from '../base/errors.js';
import {
  type DumpFormat,
  dumpFormat,
  type DumpFormatName,
  dumpFormatNames,
  type FormatOptions,
  formats,
  type JsonOptions,
} from './formats.js';
import type { DumpJson, GroupJson, ThreadJson } from './json.js';
import type { Deadlock } from './deadlock.js';
import type { Stack } from './stack.js';
import type { Task } from './task.js';
import type { OpenRequest } from './open-requests.js';
import type { Verdict } from './verdict.js';
import { type WritableLike, writeChunks } from './write.js';

export type DumpReason = 'api' | 'signal' | 'watchdog' | 'exit';
/** `'not-registered'`: a worker that is known to be there, but was never told to answer. */
export type ThreadStatus = 'ok' | 'timed-out' | 'exited' | 'not-registered';
export type ThreadActivity = 'running' | 'idle' | 'blocked-in-native';

/** Where the stacks of a dump come from, and can be had again. */
export interface StackSource {
  stackAt(id: number): Stack;
  /** To be printed: what several branches lead to is there once, as `sharing.ts` says. */
  sharedStackAt?(id: number): Stack;
}

/** How many frames the stacks of a group have. */
export interface Depths {
  readonly least: number;
  readonly most: number;
}

/** What is known of all tasks of a group. */
export interface GroupFields {
  readonly verdict?: Verdict | undefined;
  readonly depths?: Depths | null | undefined;
  readonly sampled?: number | undefined;
  readonly tasks?: readonly Task[] | undefined;
}

/**
 * Suspended tasks that wait at the same frames, whose functions have the same names. All else is a
 * task's own: variables, where they were asked for, are those of one of the tasks.
 */
export class TaskGroup {
  readonly count: number;
  /** How many of the tasks the variables in `stack` are of: 1, or 0 where none were read. */
  readonly sampled: number;
  /** Some of the tasks: three at most, and none where there are too many groups. `count` is the whole number. */
  readonly tasks: readonly Task[];
  /** What becomes of the tasks. */
  readonly verdict: Verdict;
  /**
   * Where the tasks differ in how often functions have called themselves: how many frames one stands below the
   * other, at least and at most. `stack` is then one of the longest. Else null.
   */
  readonly depths: Depths | null;
  readonly #source: StackSource;
  readonly #id: number;
  #stack: Stack | null = null;

  constructor(
    count: number,
    source: StackSource,
    id: number,
    fields: GroupFields = {},
  ) {
    this.count = count;
    this.sampled = fields.sampled ?? 0;
    this.verdict = fields.verdict ?? 'waiting';
    this.tasks = fields.tasks ?? [];
    this.depths = fields.depths ?? null;
    this.#source = source;
    this.#id = id;
  }

  /** Made at first use, and then kept. */
  get stack(): Stack {
    this.#stack ??= this.#source.stackAt(this.#id);
    return this.#stack;
  }

  /**
   * The stack for somebody who reads it once: printing a dump of 100,000 groups must not leave
   * all their stacks behind.
   */
  peek(): Stack {
    return this.#stack ?? this.#source.stackAt(this.#id);
  }

  /** The same to be printed: what several branches lead to is there once. */
  peekShared(): Stack {
    return (
      this.#stack ??
      this.#source.sharedStackAt?.(this.#id) ??
      this.#source.stackAt(this.#id)
    );
  }

  toJSON(options?: JsonOptions | string): GroupJson {
    return formats().groupJson(this, options);
  }
}

export interface ThreadStats {
  /** Objects that the walk of the heap visited. */
  heapObjects: number;
  /** How long the thread stood still for the capture. */
  pauseMs: number;
  /**
   * How long after it was asked for that capture began: so many threads as there are processors
   * capture at a time. 0 for the thread that asks.
   */
  waitMs: number;
  /** Async functions and async generators found, also those that are over but not yet collected. */
  activations: number;
  /** Pending promises found. */
  promises: number;
  /** Only where it was too much to look for while the thread stands still: why tasks wait is known in part. */
  partlyExplained?: true;
}

/** What `maxTasks` left out. */
export interface Omitted {
  groups: number;
  tasks: number;
}

/** What has become of the tasks that the last dump of the thread has met. */
export interface TaskChanges {
  /** How long before this dump that one was. */
  sinceMs: number;
  new: number;
  gone: number;
  /** They wait at another place, or for another promise. */
  moved: number;
}

export interface ThreadDumpFields {
  threadId: number;
  name: string;
  status: ThreadStatus;
  activity: ThreadActivity | null;
  running: Stack | null;
  error: Error | null;
  taskCount: number;
  groups: TaskGroup[];
  deadlocks?: Deadlock[];
  openRequests?: OpenRequest[];
  activeResources?: Record<string, number>;
  omitted: Omitted;
  changes?: TaskChanges | null;
  stats: ThreadStats;
}

/** One thread's part of a dump. */
export class ThreadDump implements ThreadDumpFields {
  readonly threadId: number;
  readonly name: string;
  readonly status: ThreadStatus;
  /** What the thread was doing; null when it has exited or is not registered: nothing is known. */
  readonly activity: ThreadActivity | null;
  /** What runs on the thread's own stack, outermost first; null when nothing does. */
  readonly running: Stack | null;
  readonly error: Error | null;
  /** All suspended tasks, shown or not. */
  readonly taskCount: number;
  /** What will never go on, then the largest first; last what is not of the program. */
  readonly groups: TaskGroup[];
  /** Circles of tasks that wait for each other, by awaiting or by what they hold: locks, clients of pools. */
  readonly deadlocks: Deadlock[];
  /** HTTP requests that are not over, also those that no task stands behind any more. */
  readonly openRequests: OpenRequest[];
  /** What keeps the loop alive: how many of each type, as `process.getActiveResourcesInfo` names them. */
  readonly activeResources: Record<string, number>;
  readonly omitted: Omitted;
  /** Null in the first dump, and where one of both had more tasks than are known again (4,096). */
  readonly changes: TaskChanges | null;
  readonly stats: ThreadStats;

  constructor(fields: ThreadDumpFields) {
    this.threadId = fields.threadId;
    this.name = fields.name;
    this.status = fields.status;
    this.activity = fields.activity;
    this.running = fields.running;
    this.error = fields.error;
    this.taskCount = fields.taskCount;
    this.groups = fields.groups;
    this.deadlocks = fields.deadlocks ?? [];
    this.openRequests = fields.openRequests ?? [];
    this.activeResources = fields.activeResources ?? {};
    this.omitted = fields.omitted;
    this.changes = fields.changes ?? null;
    this.stats = fields.stats;
  }

  toJSON(options?: JsonOptions | string): ThreadJson {
    return formats().threadJson(this, options);
  }
}

export interface ProcessInfo {
  pid: number;
  node: string;
  v8: string;
  platform: string;
  arch: string;
  argv: string[];
  /**
   * The processes that it has started and not waited for, and the children of shells among them; at most 64.
   * Linux only.
   */
  children: { pid: number; command: string }[];
  uptimeMs: number;
}

export interface DumpWriteOptions extends FormatOptions {
  /** Default `'text'`. */
  format?: DumpFormatName | undefined;
}

function formatName(name: string, value: unknown): DumpFormatName {
  const found = dumpFormat(value);
  if (found !== undefined) return found.name;
  throw invalidArgument(name, dumpFormatNames());
}

/** What a process was doing at one moment. */
export class Dump {
  readonly process: ProcessInfo;
  /** ISO 8601. */
  readonly time: string;
  readonly reason: DumpReason;
  readonly threads: ThreadDump[];
  readonly #defaults: FormatOptions;

  /** `defaults`: how it is printed when the caller does not say otherwise. */
  constructor(
    process: ProcessInfo,
    time: string,
    reason: DumpReason,
    threads: ThreadDump[],
    defaults: FormatOptions = {},
  ) {
    this.process = process;
    this.time = time;
    this.reason = reason;
    this.threads = threads;
    this.#defaults = defaults;
  }

  /** The whole text; for a large dump, `write` or `chunks` needs no such string. */
  toString(options?: FormatOptions): string {
    const parts: string[] = [];
    GeneratorForEach(this.chunks(options), (part) =>
      ArrayPrototypePush(parts, part),
    );
    return ArrayPrototypeJoin(parts, '');
  }

  /** The same, by the name that stacks and call graphs have for it. */
  format(options?: FormatOptions): string {
    return this.toString(options);
  }

  /** The text in pieces of some ten thousand characters; ends with a newline. */
  chunks(options: DumpWriteOptions = {}): Generator<string> {
    const given = checkOptions(options, { format: formatName });
    const { format = 'text', ...rest } = ownProperties({
      ...this.#defaults,
      ...given,
    });
    return (dumpFormat(format) as DumpFormat).chunks(this, rest);
  }

  /** Writes piece by piece, waiting whenever the stream is full. Does not end the stream. */
  async write(
    writable: WritableLike,
    options?: DumpWriteOptions,
  ): Promise<void> {
    await writeChunks(writable, this.chunks(options));
  }

  /** The object of `docs/dump.schema.json`. */
  toJSON(options?: JsonOptions | string): DumpJson {
    const { locals } = ownProperties(this.#defaults);
    return formats().dumpJson(this, options, locals);
  }

  [SymbolInspect](): string {
    return this.toString();
  }
}
