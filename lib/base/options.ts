// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ObjectFreeze } from './primordials.js';
import { ownProperties } from './own.js';
import { checkCount } from './arguments.js';
import { invalidArgument } from './errors.js';

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
}

export type ResolvedOptions = {
  readonly [Name in keyof Required<ExtractOptions>]: NonNullable<
    ExtractOptions[Name]
  >;
};

export const DEFAULT_MAX_FRAMES = 10_000;

const DEFAULTS: ResolvedOptions = ObjectFreeze({
  resources: true,
  locals: false,
  recurseChildTasks: false,
  awaiters: false,
  maxFrames: DEFAULT_MAX_FRAMES,
});

const FLAGS = ['resources', 'locals', 'recurseChildTasks', 'awaiters'] as const;

export function resolveOptions(
  options: ExtractOptions | undefined,
): ResolvedOptions {
  if (options === undefined) return DEFAULTS;
  checkObject(options);
  const given = ownProperties(options);
  const result: { -readonly [Name in keyof ResolvedOptions]: unknown } = {
    ...DEFAULTS,
  };
  for (const name of FLAGS) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== 'boolean') {
      throw invalidArgument(`options.${name}`, 'a boolean');
    }
    result[name] = value;
  }
  const maxFrames = checkCount('options.maxFrames', given.maxFrames);
  if (maxFrames !== undefined) result.maxFrames = maxFrames;
  return result as ResolvedOptions;
}

export function checkObject(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('options', 'an object');
  }
}
