// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the classes of the model are as JSON, and how they cross from thread to thread. */

import type { WaitReason } from './wait-reason.js';
import type {
  Depths,
  DumpReason,
  Omitted,
  ProcessInfo,
  ThreadActivity,
  TaskChanges,
  ThreadStats,
  ThreadStatus,
} from './dump.js';
import type { Deadlock } from './deadlock.js';
import type { FrameState } from './frame.js';
import type { OpenRequest } from './open-requests.js';
import type { Verdict } from './verdict.js';
import type { FrameKind, SourcePosition } from './site.js';

export interface ErrorJson {
  name: string;
  code: string | null;
  message: string;
  /** The errors that an `AggregateError` of ours joins. */
  errors: ErrorJson[];
}

export interface StackJson {
  /** What was extracted, in a few words; null for a stack that a dump found. */
  root: string | null;
  branchIndex: number | null;
  frames: FrameJson[];
  leaves: string[];
  /** Why it does not go on; null when that is not known. */
  wait: WaitReason | null;
  error: ErrorJson | null;
}

export interface FrameJson {
  functionName: string;
  scriptName: string;
  lineNumber: number | null;
  columnNumber: number | null;
  lineText: string;
  kind: FrameKind;
  state: FrameState;
  internal: boolean;
  hide: boolean;
  hideLine: boolean;
  resources: ResourceJson[];
  branches: StackJson[];
  /** Only of functions with more names of their own than are told apart. */
  severalNames?: true;
  /** Where more branches were counted than are shown: how many more. */
  omittedBranches?: number;
  /** Combinators only. */
  inputs?: { total: number | null; pending: number };
  /** Only where a source map has moved the position. */
  generated?: SourcePosition;
  /** Only where something is doubtful about the position. */
  note?: string;
  /** Only when asked for. */
  locals?: Record<string, string>;
}

export interface ResourceJson {
  value: string;
  isAsync: boolean;
  isExiting: boolean;
  name: string | null;
  lineNumber: number | null;
  description: string | null;
  hide: boolean;
  innerStack: StackJson | null;
  children: (ResourceJson | StackJson)[];
}

export interface CallGraphJson {
  root: string;
  /** The first is the root's. */
  nodes: {
    root: string;
    stack: StackJson;
    cyclic: boolean;
    /** Indices of `nodes`. */
    awaitedBy: number[];
    /** How many more wait for it. */
    omitted: number;
  }[];
}

export interface DumpHeadJson {
  schemaVersion: 2;
  time: string;
  reason: DumpReason;
  process: ProcessInfo;
}

export interface ThreadHeadJson {
  threadId: number;
  name: string;
  status: ThreadStatus;
  activity: ThreadActivity | null;
  error: ErrorJson | null;
  stats: ThreadStats;
  running: StackJson | null;
  taskCount: number;
  omitted: Omitted;
  changes: TaskChanges | null;
  deadlocks: Deadlock[];
  openRequests: OpenRequest[];
  activeResources: Record<string, number>;
}

export interface TaskJson {
  id: string;
  context: Record<string, string>;
  request: { method: string; url: string; ageMs: number | null } | null;
  seenMs: number;
}

export interface GroupJson {
  count: number;
  verdict: Verdict;
  /** Only where the tasks differ in how often functions have called themselves. */
  depths?: Depths;
  /** How many of the tasks the locals are of; only where they were read. */
  sampled?: number;
  /** Some of the tasks. */
  tasks: TaskJson[];
  stack: StackJson;
}

export interface ThreadJson extends ThreadHeadJson {
  groups: GroupJson[];
}

export interface DumpJson extends DumpHeadJson {
  threads: ThreadJson[];
}
