// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { checkOptions, type Checks, flag } from '../base/arguments.js';
import type { AnyFunction } from '../model/frame.js';
import {
  checkHook,
  type ElaborateFrameHook,
  frames,
  type Unregister,
} from './registry.js';

/** What `customize` does to the frames of a function; all of it may be combined. */
export interface FrameRules {
  /** Leave the frame out of output. */
  hide?: boolean | undefined;
  /** Show the frame without its line of source. */
  hideLine?: boolean | undefined;
  /** Cut what is inside of the frame, unless `elaborate` returns something. */
  prune?: boolean | undefined;
  elaborate?: ElaborateFrameHook | undefined;
}

const CHECKS: Checks<FrameRules> = {
  hide: flag,
  hideLine: flag,
  prune: flag,
  elaborate: (name, hook) => checkHook(hook, name) as ElaborateFrameHook,
};

/** Shorthand for the usual `elaborateFrame` hooks; replaces what was registered for the function. */
export function customize(fn: AnyFunction, rules: FrameRules): Unregister {
  const given = checkOptions(rules, CHECKS, 'rules');
  return frames.register(fn, {
    hide: given.hide ?? false,
    hideLine: given.hideLine ?? false,
    prune: given.prune ?? false,
    hook: given.elaborate ?? null,
  });
}
