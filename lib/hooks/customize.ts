// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap } from '../base/lists.js';
import { checkOptions, type Checks, flag } from '../base/arguments.js';
import type { AnyFunction } from '../model/frame.js';
import { MARK_HIDE, MARK_HIDE_LINE, type RawSite } from '../base/raw.js';
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

/**
 * The sites of a dump, those marked that are hidden by their function's rules. A dump holds no
 * frames to run hooks on.
 */
export function markSites(sites: RawSite[]): RawSite[] {
  if (frames.isEmpty) return sites;
  frames.prepare();
  return ArrayPrototypeMap(sites, (site) => {
    const rules = frames.ofId(site[8] ?? '');
    if (rules === null || !(rules.hide || rules.hideLine)) return site;
    const {
      0: name,
      1: url,
      2: line,
      3: column,
      4: text,
      5: kind,
      6: state,
      7: script,
      8: id,
    } = site;
    const marks =
      (site[9] ?? 0) |
      (rules.hide ? MARK_HIDE : 0) |
      (rules.hideLine ? MARK_HIDE_LINE : 0);
    return [name, url, line, column, text, kind, state, script, id, marks];
  });
}
