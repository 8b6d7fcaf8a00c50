// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The ways from a promise up to what holds the functions that settle it, nearest first. */

import { RegExpTest } from '../base/patterns.js';
import { ArrayPrototypePush, SetFrom } from '../base/lists.js';
import {
  GlobalSet,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import { originOf } from '../model/origin.js';
import type { Hold, Leaf, Thing } from './thing.js';

/** A thing, and how what is below it on the way is held by it. */
export interface Path {
  readonly thing: Thing;
  readonly hold: Hold;
  /** Towards the promise; null: it is held directly. */
  readonly below: Path | null;
  readonly depth: number;
  /** The way begins with a function that rejects. */
  readonly rejects: boolean;
  /**
   * The way leads through something that holds more than this promise, and is there for others too: what
   * is behind that owns it, and need not be what is waited for.
   */
  readonly isBehindOwner: boolean;
}

const MOST_PATHS = 200;

/** Whether a hold is no sign that its holder does anything with what it holds. */
function saysNothing(hold: Hold): boolean {
  if (!hold.isUsed) return true;
  // A function that nothing holds is over; so is, mostly, an object.
  return hold.holder.kind === 'function' && hold.holder.isLoose;
}

/** Whether what holds a thing has nothing to do with what that waits for. */
function isEnd(thing: Thing): boolean {
  return thing.kind === 'activation' || thing.kind === 'global';
}

/** Of Node's own, what only stands between. */
const BETWEEN = SetFrom([
  'FixedQueue',
  'FixedCircularBuffer',
  'AsyncResource',
  'Listener',
  'Queue',
]);

/** A promise beside its own functions: whoever has it is who counts. */
export function isDeferred({ kind, className }: Thing): boolean {
  return kind === 'object' && RegExpTest(DEFERRED, className);
}

/** Whether the way leads through one. */
export function hasDeferred(path: Path): boolean {
  for (let at: Path | null = path; at !== null; at = at.below)
    if (isDeferred(at.thing)) return true;
  return false;
}

const DEFERRED =
  /^(?:Promise)?(?:Deferred|Defer|Resolvable|Resolver|Completer|WithResolvers)(?:Promise)?$/;

/** What the loop waits for: whoever has it waits for it, too, and others of its kind have nothing to do with it. */
const RESOURCES = SetFrom([
  'ChildProcess',
  'ClientHttp2Stream',
  'ClientRequest',
  'Immediate',
  'IncomingMessage',
  'MessagePort',
  'Server',
  'ServerResponse',
  'Socket',
  'TLSSocket',
  'Timeout',
  'Worker',
]);

/** Whether the way leads through what the loop waits for. */
export function isBehindResource({ below }: Path): boolean {
  for (let at = below; at !== null; at = at.below) {
    const { kind, className } = at.thing;
    if (kind === 'object' && SetPrototypeHas(RESOURCES, className)) return true;
  }
  return false;
}

/**
 * A function that is bound to an object, which has what settles the promise in another one of its own: whoever
 * calls the function need not want that. What `once` binds its listener to has the listener itself.
 */
function isMethodOf({ className }: Thing, bound: Path | null): boolean {
  if (className !== 'Function' || bound === null || bound.below === null)
    return false;
  return (
    bound.thing.className === 'Object' &&
    bound.hold.link === 'property' &&
    bound.hold.name !== 'listener' &&
    bound.below.thing.kind === 'object'
  );
}

/** Whether what is behind the last thing on a way may be there for others. */
function endsAt({ thing, hold, below }: Path): boolean {
  if (thing.kind === 'object' && thing.isNamed)
    return !SetPrototypeHas(BETWEEN, thing.className) && !isDeferred(thing);
  if (thing.kind === 'object') return isMethodOf(thing, below);
  if (thing.kind !== 'function' || hold.link !== 'variable') return false;
  // A list in a variable of the program's: whoever uses the list may have another entry in mind.
  const isList =
    below !== null &&
    (below.hold.link === 'element' || below.hold.link === 'entry');
  return isList && originOf(thing.site?.scriptName ?? '') !== 'node';
}

/** Breadth first, each thing once; one that rejects only after those that do not. */
export function pathsFrom({ promise, waiter }: Leaf): Path[] {
  const found: Path[] = [];
  const seen = new GlobalSet<string>();
  SetPrototypeAdd(seen, `${promise.id}`);
  // What it holds itself it does not wait for.
  SetPrototypeAdd(seen, `${waiter}`);
  for (const rejects of [false, true]) {
    const begin = found.length;
    climb(promise, null, rejects, found, seen);
    for (let at = begin; at < found.length && found.length < MOST_PATHS; at++) {
      const path = found[at] as Path;
      if (!isEnd(path.thing)) climb(path.thing, path, rejects, found, seen);
    }
  }
  return found;
}

/** An emitter, and the store of its listeners, may be led to by several events. */
function keyOf({ holder, name }: Hold, below: Path | null): string {
  const { id, kind, isNamed } = holder;
  if (kind !== 'object') return `${id}`;
  if (!isNamed) return `${id}.${name}`;
  return name === '_events' || name === 'kEvents'
    ? `${id}.${name}.${below?.hold.name}`
    : `${id}.`;
}

function climb(
  thing: Thing,
  below: Path | null,
  rejects: boolean,
  found: Path[],
  seen: Set<string>,
): void {
  for (const hold of thing.holders) {
    const key = keyOf(hold, below);
    if (saysNothing(hold) || SetPrototypeHas(seen, key)) continue;
    if (SetPrototypeHas(seen, `${hold.holder.id}`)) continue;
    if (below === null && hold.rejects !== rejects) continue;
    SetPrototypeAdd(seen, key);
    const depth = below === null ? 1 : below.depth + 1;
    const isBehindOwner =
      below !== null && (below.isBehindOwner || endsAt(below));
    ArrayPrototypePush(found, {
      thing: hold.holder,
      hold,
      below,
      depth,
      rejects,
      isBehindOwner,
    });
  }
}

/** The nearest thing above that passes a test, at most so many steps up. */
export function findAbove(
  thing: Thing,
  test: (thing: Thing) => boolean,
  most = 6,
): Thing | null {
  const seen = new GlobalSet<number>();
  let level: Thing[] = [thing];
  for (let step = 0; step < most; step++) {
    const next: Thing[] = [];
    for (const each of level) {
      for (const hold of each.holders) {
        const { holder } = hold;
        if (!hold.isUsed || SetPrototypeHas(seen, holder.id)) continue;
        SetPrototypeAdd(seen, holder.id);
        if (test(holder)) return holder;
        if (!isEnd(holder)) ArrayPrototypePush(next, holder);
      }
    }
    level = next;
  }
  return null;
}
