// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What a running Node program is doing, and how it got there. */

import './install.js';

export * from './hook-surface.js';
export { extractOutermost } from './extract/extract.js';
export {
  extractSince,
  extractUntil,
  type UntilOptions,
} from './extract/slice.js';
export { callGraph } from './extract/call-graph.js';
export { dump, dumpAsync, type DumpOptions } from './extract/dump.js';
export { registerThread, type RegisterOptions } from './threads/threads.js';
export {
  watchdog,
  type DisposeKey,
  type Watchdog,
  type WatchdogOptions,
} from './threads/watchdog.js';
export {
  capabilities,
  type Capabilities,
  type Capability,
  type CapabilityName,
} from './engine/capabilities.js';
export { CallGraph } from './model/call-graph.js';
export {
  Dump,
  TaskGroup,
  ThreadDump,
  type Depths,
  type DumpReason,
  type DumpWriteOptions,
  type GroupFields,
  type Omitted,
  type ProcessInfo,
  type StackSource,
  type ThreadActivity,
  type ThreadDumpFields,
  type TaskChanges,
  type ThreadStats,
  type ThreadStatus,
} from './model/dump.js';
export type { Task, TaskRequest } from './model/task.js';
export type { AsynctbErrorCode } from './base/error-codes.js';
export { AsynctbError } from './base/errors.js';
export { Frame } from './model/frame.js';
export type {
  CallGraphJson,
  DumpHeadJson,
  DumpJson,
  GroupJson,
  TaskJson,
  ThreadHeadJson,
  ThreadJson,
} from './model/json.js';
export type { DumpFormatName, DumpFormatNames } from './model/formats.js';
export type { Deadlock, DeadlockTask } from './model/deadlock.js';
export type { OpenRequest } from './model/open-requests.js';
export type { Verdict } from './model/verdict.js';
export type { WritableLike } from './model/write.js';
