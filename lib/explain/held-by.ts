// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The sentence of what no rule knows: who holds what settles a promise, and by what. Pure. */

import { SetFrom } from '../base/lists.js';
import { ObjectHasOwn, SetPrototypeHas } from '../base/primordials.js';
import { displayPath, joinPosition } from '../format/location.js';
import type { Site } from '../model/site.js';
import type { WaitKind } from '../model/wait-reason.js';
import { hasDeferred, isDeferred, type Path } from './paths.js';
import type { Explained } from './rule.js';
import type { Thing } from './thing.js';
import { nameOf } from './thing-name.js';

/** Without a rule: the nearest thing with a name, and how it holds what it holds. */
export function heldBy(
  paths: readonly Path[],
): (Explained & { path: Path }) | null {
  let best: Path | null = null;
  let rank = 0;
  for (const path of paths) {
    const own = rankOfHolder(path);
    if (own > rank) {
      best = path;
      rank = own;
    }
  }
  if (best === null) return null;
  const { thing } = best;
  const kind: WaitKind = thing.kind === 'activation' ? 'task' : 'unknown';
  return { kind, text: sentenceOf(best), path: best };
}

/** Of these their rule speaks, unless they are over. */
const TIMERS = SetFrom(['Timeout', 'TimersList', 'Immediate', 'ImmediateList']);

export function isOver({ kind, className }: Thing): boolean {
  return kind === 'object' && SetPrototypeHas(TIMERS, className);
}

/** A program may keep what `extract` has given it; that holds functions, and settles nothing. */
const OF_STACKS: Readonly<Record<string, ReadonlySet<string> | undefined>> = {
  Frame: SetFrom(['function', 'receiver', 'locals', 'resources', 'branches']),
  Stack: SetFrom(['root', 'frames', 'leaves']),
};

function isOfStack({ thing, hold }: Path): boolean {
  const names = ObjectHasOwn(OF_STACKS, thing.className)
    ? OF_STACKS[thing.className]
    : undefined;
  return names !== undefined && SetPrototypeHas(names, hold.name);
}

function rankOfHolder(path: Path): number {
  const { thing, depth, rejects, isBehindOwner, below } = path;
  if (isOver(thing) || isOfStack(path)) return 0;
  const base =
    thing.kind === 'object' && thing.isNamed
      ? below !== null && hasDeferred(below) && !isDeferred(thing)
        ? 120
        : 100
      : thing.kind === 'activation'
        ? 90
        : thing.kind === 'global'
          ? 60
          : thing.kind === 'function'
            ? 40
            : 0;
  if (base === 0) return 0;
  // What holds a global variable is no object that is noted.
  const isLoose = thing.isLoose && thing.kind !== 'global';
  // Who has a list that something else is in has nothing to do with that.
  const behind = isBehindOwner && thing.kind !== 'function' ? 70 : 0;
  return base - depth - behind - (isLoose ? 50 : 0) - (rejects ? 40 : 0);
}

function sentenceOf(path: Path): string {
  const { thing } = path;
  const by = holdText(path);
  if (thing.kind === 'activation') {
    const variable = by === '' ? '' : `, by its ${by}`;
    return `may be settled by ${placeOf(thing.site)}${variable}`;
  }
  if (thing.kind === 'object')
    return `held by ${by === '' ? '' : `${by} of `}${nameOf(thing)}`;
  if (thing.kind === 'global')
    return `held by the global variable ${path.hold.name}`;
  return `held by ${by === '' ? '' : `${by} of `}${placeOf(thing.site)}`;
}

/** `_queue[]`, `variable done`: from the named thing down to the first hold with a name. */
function holdText(path: Path): string {
  for (let at: Path | null = path; at !== null; at = at.below) {
    const { hold, below } = at;
    const link = below?.hold.link;
    const suffix = link === 'element' || link === 'entry' ? '[…]' : '';
    if (hold.link === 'variable')
      return hold.name === '' ? '' : `variable ${hold.name}${suffix}`;
    if (hold.link === 'property' && hold.name !== '')
      return `${hold.name}${suffix}`;
    if (hold.link === 'receiver') return 'this';
  }
  return '';
}

function placeOf(site: Site | null): string {
  if (site === null) return 'a function';
  const name = site.functionName === '' ? 'a function' : site.functionName;
  const where = joinPosition(
    displayPath(site.scriptName, null),
    site.lineNumber,
    null,
  );
  return where === '' ? name : `${name} (${where})`;
}
