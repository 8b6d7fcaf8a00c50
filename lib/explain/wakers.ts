// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Who could wake a task, and what those wait for themselves, by the evidence. Pure. */

import {
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  SetFrom,
} from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  GlobalSet,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import type { WaitKind, Waker } from '../model/wait-reason.js';
import type { Path } from './paths.js';
import type { WakerFact, WakerRows } from './waker-rows.js';

/** What somebody owns who may let go of it. All else comes from outside of the program. */
const OWNED = SetFrom<WaitKind>(['lock', 'pool', 'queue', 'task', 'unknown']);

export function isOwnedKind(kind: WaitKind): boolean {
  return SetPrototypeHas(OWNED, kind);
}

/**
 * Who could wake who waits for what `best` leads to.
 *
 * @param best null: nothing but who has the function itself
 */
export function wakersFor(
  paths: readonly Path[],
  best: { readonly kind: WaitKind; readonly path: Path } | null,
  rows: WakerRows,
): WakerFact[] {
  const found = direct(paths);
  if (best === null || !SetPrototypeHas(OWNED, best.kind)) return found;
  const seen = new GlobalSet<number>();
  for (const owner of ownersOn(paths, best.path)) {
    for (const fact of rows.of(owner)) {
      const { holder } = fact;
      if (holder.site === null || holder.site.origin === 'node') continue;
      if (RegExpTest(ASKING_SCRIPT, holder.site.scriptName)) continue;
      if (SetPrototypeHas(seen, holder.id)) continue;
      SetPrototypeAdd(seen, holder.id);
      ArrayPrototypePush(found, fact);
    }
  }
  return found;
}

/** Suspended functions that hold what settles it in a variable of their own. */
function direct(paths: readonly Path[]): WakerFact[] {
  const found: WakerFact[] = [];
  const seen = new GlobalSet<number>();
  for (const { thing, hold, below, rejects } of paths) {
    if (thing.kind !== 'activation' || thing.site === null) continue;
    if (below !== null || hold.link !== 'variable' || rejects) continue;
    if (thing.site.origin === 'node' || SetPrototypeHas(seen, thing.id))
      continue;
    SetPrototypeAdd(seen, thing.id);
    const { name } = hold;
    ArrayPrototypePush(found, {
      holder: thing,
      name,
      count: 1,
      members: 0,
      isAlone: false,
      sure: true,
    });
  }
  return found;
}

/** Functions there work for who waits for a request, too. */
const ASKING_SCRIPT = /[\\/]node_modules[\\/]undici[\\/]/;

/** What asks others for something owns nothing. */
const ASKING = SetFrom(['Fetch']);

/** So many owners above what was named may own it: a pool has a list of what waits for it. */
const MOST_ABOVE = 2;

/** The things from the promise up to what is waited for, and what owns that. */
function ownersOn(paths: readonly Path[], best: Path): number[] {
  const found: number[] = [];
  for (let at: Path | null = best; at !== null; at = at.below)
    ArrayPrototypePush(found, at.thing.id);
  const above: number[] = [];
  for (const path of paths) {
    if (path.thing.kind !== 'object' || !path.thing.isNamed) continue;
    let named = 0;
    for (let at: Path | null = path; at !== null; at = at.below) {
      if (at.thing.id === best.thing.id) {
        if (named > 0 && named <= MOST_ABOVE)
          ArrayPrototypePush(above, path.thing.id);
        break;
      }
      if (at.thing.isNamed) named++;
    }
  }
  ArrayPrototypePushAll(found, above);
  // What the ways lead to first owns it as well: a mutex is made of a semaphore. Whoever settles a
  // promise runs the handler that the way leads through.
  for (const { thing, isBehindOwner } of paths)
    if (
      !isBehindOwner &&
      (thing.kind === 'promise' || thing.isNamed) &&
      !SetPrototypeHas(ASKING, thing.className)
    )
      ArrayPrototypePush(found, thing.id);
  return found;
}

/** As they are told: those at one place are one. */
export function wakersOf(facts: readonly WakerFact[]): Waker[] {
  const found: (Waker & { count: number })[] = [];
  for (const { holder, name, count, sure } of facts) {
    const { site } = holder;
    if (site === null) continue;
    const { taskId } = holder;
    const { functionName, scriptName, lineNumber, columnNumber } = site;
    const variable = name === '' ? null : name;
    let known = null;
    for (const each of found) {
      if (
        each.scriptName === scriptName &&
        each.lineNumber === lineNumber &&
        each.columnNumber === columnNumber &&
        each.functionName === functionName
      )
        known = each;
    }
    if (known !== null) {
      known.count += count;
      continue;
    }
    ArrayPrototypePush(found, {
      taskId,
      functionName,
      scriptName,
      lineNumber,
      columnNumber,
      variable,
      count,
      sure,
    });
  }
  return found;
}
