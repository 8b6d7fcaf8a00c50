// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What hooks are registered with and made of. The install function of a library
 * (`hooks/install.ts`) is given all of it.
 */

export {
  type ChildOptions,
  extract,
  extractChild,
  extractMany,
} from './extract/extract.js';
export { fillResource } from './extract/fill-resources.js';
export { explainLeaf, type LeafReason } from './extract/explain-leaf.js';
export { customize, type FrameRules } from './hooks/customize.js';
export { showContext } from './hooks/show-context.js';
export type {
  ByClass,
  ByPredicate,
  Class,
  Kind,
  KindOf,
  KindOrFunction,
  Predicate,
} from './hooks/kind.js';
export {
  elaborateFrame,
  elaborateResource,
  localResource,
  PRUNE,
  unwrapGeneratorResource,
  unwrapItem,
  unwrapResource,
  type ElaborateFrame,
  type ElaborateFrameHook,
  type ElaborateResource,
  type ElaborateResourceHook,
  type LocalResource,
  type Unregister,
  type UnwrapGeneratorResource,
  type UnwrapGeneratorResourceHook,
  type UnwrapItem,
  type UnwrapItemHook,
  type UnwrapResource,
  type UnwrapResourceHook,
} from './hooks/registry.js';
export {
  findAwaiters,
  RemoteItem,
  unwrapRemote,
  type FindAwaiters,
  type FindAwaitersHook,
  type UnwrapRemote,
  type UnwrapRemoteHook,
} from './hooks/remote.js';
export type { ExtractOptions } from './base/options.js';
export * from './frame-types.js';
export { Resource } from './model/resource.js';
export { Stack } from './model/stack.js';
export { StackSlice, type StackSliceOptions } from './model/stack-slice.js';
export type {
  WaitKind,
  WaitReason,
  WaitStep,
  Waker,
} from './model/wait-reason.js';
