// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap, IterableToArray } from '../base/lists.js';
import { ArrayPrototypeJoin, SymbolIterator } from '../base/primordials.js';
import { describeValue } from '../format/describe.js';
import { installRunningSlice } from './running-slice.js';
import { installWorkers } from './thread-items.js';
import { installNewGlue } from '../hooks/install.js';
import { frames, prepareRegistries } from '../hooks/registry.js';
import { AsynctbError, invalidArgument } from '../base/errors.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { assembleAll, assembleFound } from './assemble.js';
import {
  type ExtractOptions,
  type ResolvedOptions,
  resolveOptions,
} from '../base/options.js';
import { childSession, inSession, newSession } from './session.js';
import { wantsHooks } from './touched.js';

installRunningSlice();
installWorkers();

/** The stacks of several targets, with one walk of the heap for all of them. */
export function extractAll(
  targets: readonly unknown[],
  options: ResolvedOptions,
  entry: AnyFunction,
  onlyFirst = false,
): Stack[] {
  return inSession(newSession(options, entry), (session) => {
    prepareHooks();
    return assembleAll(targets, session, onlyFirst);
  });
}

/** Runs hooks on frames that were found otherwise. */
export function elaborateFound(
  found: Stack,
  options: ResolvedOptions,
  entry: AnyFunction,
): Stack {
  return inSession(newSession(options, entry), (session) => {
    prepareHooks();
    return wantsHooks(found) ? assembleFound(found, session) : found;
  });
}

export function prepareHooks(): void {
  installNewGlue();
  prepareRegistries();
}

/** The frames of a suspended or running target, outermost first. Never throws for a target. */
export function extract(target: unknown, options?: ExtractOptions): Stack {
  const { 0: stack } = extractAll([target], resolveOptions(options), extract);
  return stack as Stack;
}

/** Like `extract` for each target, with one walk of the heap for all. */
export function extractMany(
  targets: Iterable<unknown>,
  options?: ExtractOptions,
): Stack[] {
  if (
    typeof targets !== 'object' ||
    targets === null ||
    !(SymbolIterator in targets)
  ) {
    throw invalidArgument('targets', 'an iterable of targets');
  }
  return extractAll(
    IterableToArray(targets),
    resolveOptions(options),
    extractMany,
  );
}

/**
 * The outermost frame alone, found without unwrapping more than it needs. Throws what the extraction
 * ran into, or that there is no frame.
 */
export function extractOutermost(
  target: unknown,
  options?: ExtractOptions,
): Frame {
  prepareHooks();
  // A hook on the frame wants to know what comes next.
  const maxFrames = frames.isEmpty ? 1 : 2;
  const { 0: stack } = extractAll(
    [target],
    { ...resolveOptions(options), maxFrames },
    extractOutermost,
    true,
  );
  const { frames: found, leaves, error } = stack as Stack;
  if (found[0] !== undefined) return found[0];
  if (error !== null) throw error;
  throw new AsynctbError(
    'ERR_ASYNCTB_NO_FRAME',
    `the target has no frame: ${reached(leaves)}`,
  );
}

function reached(leaves: readonly unknown[]): string {
  return leaves.length === 0
    ? 'it is finished, or there is nothing inside of it'
    : `unwrapping it reached only ${ArrayPrototypeJoin(ArrayPrototypeMap(leaves, describeValue), ', ')}`;
}

export interface ChildOptions {
  /** The item is a task of its own: shown in full only with `recurseChildTasks`. */
  forTask: boolean;
}

/**
 * The stack of something inside of what is being extracted, with the same options. Only for hooks.
 * Of a task there is nothing but its root, unless `recurseChildTasks` was asked for.
 */
export function extractChild(item: unknown, options: ChildOptions): Stack {
  if (
    typeof options !== 'object' ||
    options === null ||
    typeof options.forTask !== 'boolean'
  ) {
    throw invalidArgument('options.forTask', 'a boolean');
  }
  return inSession(childSession(), (session) => {
    if (options.forTask && !session.options.recurseChildTasks) {
      return new Stack(item);
    }
    const inner = { ...session.options, awaiters: false };
    const { 0: stack } = assembleAll([item], { ...session, options: inner });
    return stack as Stack;
  });
}
