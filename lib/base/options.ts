// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ObjectFreeze } from './primordials.js';
import { checkOptions, type Checks, count, flag } from './arguments.js';

/** How much an extraction looks at. */
export interface ExtractOptions {
  /** Find what frames hold until they leave their block. Default true. */
  resources?: boolean | undefined;
  /** Read the variables of suspended frames. Default false. */
  locals?: boolean | undefined;
  /** Extract the tasks of a task group too, not only name them. Default false. */
  recurseChildTasks?: boolean | undefined;
  /** Begin with the async functions that wait for the target, outermost first. Default false. */
  awaiters?: boolean | undefined;
  /** At most so many frames a stack, branches included. Default 10,000. */
  maxFrames?: number | undefined;
  /** Find out why the stack does not go on: `wait`. Default true. */
  explain?: boolean | undefined;
}

export type ResolvedOptions = {
  readonly [Name in keyof Required<ExtractOptions>]: NonNullable<
    ExtractOptions[Name]
  >;
};

const DEFAULT_MAX_FRAMES = 10_000;

const DEFAULTS: ResolvedOptions = ObjectFreeze({
  resources: true,
  locals: false,
  recurseChildTasks: false,
  awaiters: false,
  maxFrames: DEFAULT_MAX_FRAMES,
  explain: true,
});

const CHECKS: Checks<ExtractOptions> = {
  resources: flag,
  locals: flag,
  recurseChildTasks: flag,
  awaiters: flag,
  maxFrames: count,
  explain: flag,
};

export function resolveOptions(
  options: ExtractOptions | undefined,
): ResolvedOptions {
  if (options === undefined) return DEFAULTS;
  const given = checkOptions(options, CHECKS);
  return {
    resources: given.resources ?? DEFAULTS.resources,
    locals: given.locals ?? DEFAULTS.locals,
    recurseChildTasks: given.recurseChildTasks ?? DEFAULTS.recurseChildTasks,
    awaiters: given.awaiters ?? DEFAULTS.awaiters,
    maxFrames: given.maxFrames ?? DEFAULTS.maxFrames,
    explain: given.explain ?? DEFAULTS.explain,
  };
}
