// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What a running Node program is doing, and how it got there. */

import { offerToLibraries } from './hooks/install.js';
import { answerOtherThreads } from './extract/remote.js';
import { HOOKS } from './hooks/offer.js';
import { installGlue } from './glue/install.js';
import { useNodeValues } from './format/node-values.js';
import { offerAllFormats } from './format/offer.js';

useNodeValues();
offerAllFormats();
offerToLibraries(HOOKS);
installGlue();
answerOtherThreads();

export {
  type ChildOptions,
  extract,
  extractChild,
  extractMany,
  extractOutermost,
} from './extract/extract.js';
export { fillResource } from './extract/fill-resources.js';
export {
  extractSince,
  extractUntil,
  type UntilOptions,
} from './extract/slice.js';
export { callGraph } from './extract/call-graph.js';
export { dump, dumpAsync, type DumpOptions } from './extract/dump.js';
export { registerThread, type RegisterOptions } from './extract/threads.js';
export {
  watchdog,
  type Watchdog,
  type WatchdogOptions,
} from './extract/watchdog.js';
export type { ExtractOptions } from './base/options.js';
export {
  capabilities,
  type Capabilities,
  type Capability,
  type CapabilityName,
} from './engine/capabilities.js';
export { customize, type FrameRules } from './hooks/customize.js';
export {
  elaborateFrame,
  elaborateResource,
  localResource,
  PRUNE,
  unwrapGeneratorResource,
  unwrapItem,
  unwrapResource,
  type ElaborateFrameHook,
  type ElaborateResourceHook,
  type LocalResource,
  type Unregister,
  type UnwrapGeneratorResourceHook,
  type UnwrapItemHook,
  type UnwrapResourceHook,
} from './hooks/registry.js';
export { explainLeaf } from './hooks/explain-leaf.js';
export {
  findAwaiters,
  RemoteItem,
  unwrapRemote,
  type FindAwaiters,
  type FindAwaitersHook,
  type UnwrapRemote,
  type UnwrapRemoteHook,
} from './hooks/remote.js';
export { CallGraph } from './model/call-graph.js';
export { Dump, TaskGroup, ThreadDump } from './model/dump.js';
export { AsynctbError } from './base/errors.js';
export { Frame } from './model/frame.js';
export { Resource } from './model/resource.js';
export { Stack } from './model/stack.js';
export { StackSlice, type StackSliceOptions } from './model/stack-slice.js';
export type { FormatOptions } from './model/formats.js';
export type { FrameKind, SourcePosition } from './model/site.js';
