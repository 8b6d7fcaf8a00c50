// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** From the evidence of one promise to the reason why it is waited for. Pure. */

import {
  ArrayPrototypeEvery,
  ArrayPrototypeFilter,
  ArrayPrototypeFindIndex,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  SetFrom,
} from '../base/lists.js';
import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypeReverse,
  GlobalSet,
  MathMin,
  ObjectKeys,
  SetPrototypeAdd,
  SetPrototypeGetSize,
  SetPrototypeHas,
} from '../base/primordials.js';
import {
  type WaitReason,
  waitReason,
  type WaitStep,
  type Waker,
} from '../model/wait-reason.js';
import type { Evidence } from './evidence.js';
import type { Leaf, Thing } from './thing.js';
import type { Candidate } from './candidate.js';
import { eventOf, isFailure, passesListeners } from './events.js';
import { heldBy, isOver } from './held-by.js';
import {
  hasDeferred,
  isBehindResource,
  isDeferred,
  type Path,
  pathsFrom,
} from './paths.js';
import { redactText, redactUrlPath, redactValue } from '../redact/redact.js';
import { FIELDS_OF_ALL, shownValue } from './placeholder.js';
import type { Explained } from './rule.js';
import { rulesFor } from './rules/all.js';
import { shortSql, withoutQuery } from './shorten.js';
import type { WakerFact } from './waker-rows.js';
import { isOwnedKind, wakersFor, wakersOf } from './wakers.js';

/** From here on rules are about what libraries own; below it, about what Node waits for. */
const LIBRARY_RANK = 16;
/** Where not all was found, less than this is no answer. */
const LEAST_OF_CUT = 10;

/** What is known of a promise that is waited for. */
export interface LeafReason {
  /** Null: nothing is known. */
  readonly reason: WaitReason | null;
  readonly wakers: readonly WakerFact[];
  /** Nothing but those can settle it, as far as all of what may is known. */
  readonly isOnlyByWakers: boolean;
}

/** Null: nothing is known. `onlyAdded`: nothing by a rule that somebody has added. */
export function reasonOf(
  leaf: Leaf,
  evidence: Evidence,
  onlyAdded = false,
): WaitReason | null {
  return explainLeaf(leaf, evidence, onlyAdded).reason;
}

export function explainLeaf(
  leaf: Leaf,
  evidence: Evidence,
  onlyAdded = false,
): LeafReason {
  const paths = pathsFrom(leaf);
  const { isCut } = evidence;
  // What is near is there all the same.
  const isFarMissing = isCut || leaf.promise.isCut;
  const all = withGuards(candidatesOf(paths, evidence, leaf.promise), paths);
  const nearest = bestOf(
    ArrayPrototypeFilter(all, ({ isLimit }) => isLimit !== true),
  );
  const held = heldInstead(paths, nearest);
  const best = held === null ? nearest : null;
  const limit = bestOf(
    ArrayPrototypeFilter(all, ({ isLimit }) => isLimit === true),
  );
  if (onlyAdded && best?.isAdded !== true)
    return { reason: null, wakers: [], isOnlyByWakers: false };
  // Such as what only ends a wait: what it ends may not have been found.
  if (isFarMissing && best?.kind === 'event' && best.rank < LEAST_OF_CUT)
    return { reason: null, wakers: [], isOnlyByWakers: false };
  const found = best ?? held;
  const wakers = evidence.knowsWaiters
    ? wakersFor(paths, found, evidence.wakers)
    : [];
  // What something else may settle as well, such as a timer or a signal, is no matter of theirs alone.
  const isOwned = ArrayPrototypeEvery(
    all,
    ({ kind, isLimit, path }) =>
      path.thing.isLoose || (isLimit !== true && isOwnedKind(kind)),
  );
  return {
    reason: sayAll(best, held, limit, wakersOf(wakers), !isCut),
    wakers,
    isOnlyByWakers: isOwned && !isCut,
  };
}

/**
 * Who holds it, where no rule speaks: nothing is known, or only how the wait fails while an object with a class has
 * what settles the promise.
 */
function heldInstead(
  paths: readonly Path[],
  nearest: Candidate | null,
): (Explained & { path: Path }) | null {
  if (nearest === null) return heldBy(paths);
  if (!isFailure(nearest)) return null;
  const held = heldBy(
    ArrayPrototypeFilter(paths, (path) => !passesListeners(path)),
  );
  return held?.path.thing.isNamed === true ? held : null;
}

/** A timer that has a deferred beside an owner of it, such as a pool, is the limit of the wait for that. */
function withGuards(
  all: readonly Candidate[],
  paths: readonly Path[],
): readonly Candidate[] {
  const hasOwner = ArrayPrototypeSome(
    paths,
    (path) =>
      path.thing.isNamed &&
      !path.thing.isNative &&
      !isDeferred(path.thing) &&
      !isOver(path.thing) &&
      !path.isBehindOwner &&
      hasDeferred(path),
  );
  if (!hasOwner) return all;
  return ArrayPrototypeMap(all, (candidate) =>
    candidate.kind === 'timer' && hasDeferred(candidate.path)
      ? { ...candidate, isLimit: true }
      : candidate,
  );
}

/** @param isWhole where the search was cut short, something nearer may be missing */
function sayAll(
  best: Candidate | null,
  held: (Explained & { path: Path }) | null,
  limit: Candidate | null,
  wakers: readonly Waker[],
  isWhole: boolean,
): WaitReason | null {
  // Who holds the function itself, and waits, is nearer to the truth than what is behind that.
  if (best !== null) {
    const behind =
      limit !== null && limit.path.thing.id !== best.path.thing.id
        ? `, and ${limit.text} as the limit`
        : '';
    return makeReason(best, best.text + behind, wakers, isWhole);
  }
  if (held !== null && (limit === null || !held.path.rejects)) {
    const behind = limit === null ? '' : `, and ${limit.text} as the limit`;
    return makeReason(held, held.text + behind, wakers, false);
  }
  if (limit !== null)
    return makeReason(limit, `${limit.text} as the limit`, wakers, isWhole);
  return null;
}

function makeReason(
  found: Explained & { readonly path: Path },
  text: string,
  wakers: readonly Waker[],
  sure: boolean,
): WaitReason {
  const { thing } = found.path;
  return waitReason(found.kind, redactText(text), {
    dueMs: found.dueMs ?? null,
    path: stepsOf(found.path),
    resource:
      thing.kind === 'object'
        ? {
            type: redactText(thing.className),
            fields: redactedFields(thing, found.shown),
          }
        : null,
    wakers,
    sure: sure && !thing.isLoose,
  });
}

const OBJECT = /^.*\./s;
const SETTINGS = /^(?:options|opts|_?config)\./;
const URL_FIELD = /^(?::?path|kPath|_?ur[li])$/;

/** `shown`: those that the rule has named, with their filters. Nobody else sees what was read for it. */
function redactedFields(
  thing: Thing,
  shown: Explained['shown'],
): Record<string, string | number | boolean> {
  const fields = thing.fields();
  const result: Record<string, string | number | boolean> = {};
  for (const name of ObjectKeys(fields)) {
    const filter = shown?.[name];
    if (filter === undefined && !isForAll(thing, name)) continue;
    const value = fields[name] as string | number | boolean;
    const own = RegExpReplaceIn(name, OBJECT, '');
    if (typeof value !== 'string') result[name] = value;
    else if (own === 'text' || own === 'sql')
      result[name] = shortSql(value, own === 'text');
    else if (RegExpTest(URL_FIELD, own))
      result[name] = redactUrlPath(withoutQuery(value));
    else {
      const text = filter === undefined ? value : shownValue(value, filter);
      result[name] = redactValue(name, text ?? '');
    }
  }
  return result;
}

function isForAll(thing: Thing, name: string): boolean {
  return (
    SetPrototypeHas(FIELDS_OF_ALL, RegExpReplaceIn(name, SETTINGS, '')) ||
    thing.length(name) !== null
  );
}

function bestOf(candidates: readonly Candidate[]): Candidate | null {
  let best: Candidate | null = null;
  for (const each of candidates) {
    if (best === null || scoreOf(each) > scoreOf(best)) best = each;
  }
  return best;
}

/** What is loose may be left over; what only rejects is not what is waited for. */
function scoreOf({ rank, path }: Candidate): number {
  const loose = path.thing.isLoose ? 20 : 0;
  const rejects = path.rejects ? 10 : 0;
  return rank - loose - rejects - path.depth / 8;
}

function candidatesOf(
  paths: readonly Path[],
  evidence: Evidence,
  promise: Thing,
): Candidate[] {
  const found: Candidate[] = [];
  for (const path of paths) {
    const { thing } = path;
    if (thing.kind !== 'object') continue;
    const event = path.isBehindOwner ? null : eventOf(path);
    if (event !== null) ArrayPrototypePush(found, event);
    let hasAdded = false;
    const isFar = path.isBehindOwner && isBehindResource(path);
    for (const rule of rulesFor(thing.className)) {
      if (hasAdded && rule.isAdded !== true) break;
      if (path.isBehindOwner && (rule.rank < LIBRARY_RANK || isFar)) continue;
      const explained = rule.explain({
        thing,
        path,
        promise,
        now: evidence.now,
      });
      if (explained === null) continue;
      hasAdded ||= rule.isAdded === true;
      const { kind, text, dueMs = null, shown } = explained;
      const isLimit =
        explained.isLimit === true || (path.rejects && kind === 'timer');
      ArrayPrototypePush(found, {
        kind,
        text,
        dueMs,
        isLimit,
        path,
        rank: rule.rank,
        isAdded: rule.isAdded === true,
        ...(shown === undefined ? null : { shown }),
      });
    }
  }
  return found;
}

function stepsOf(path: Path): WaitStep[] {
  const steps: WaitStep[] = [];
  for (let at: Path | null = path; at !== null; at = at.below) {
    const { thing, hold } = at;
    const site = thing.site;
    ArrayPrototypePush(steps, {
      className: thing.className === '' ? null : redactText(thing.className),
      name: hold.name === '' ? null : redactText(hold.name),
      functionName: site === null ? null : site.functionName,
      scriptName: site?.scriptName ?? '',
      lineNumber: site?.lineNumber ?? null,
      columnNumber: site?.columnNumber ?? null,
    });
  }
  return ArrayPrototypeReverse(steps);
}

/** One reason for several of `of` tasks at a place: what most of them say. */
export function mergeReasons(
  reasons: readonly (WaitReason | null)[],
  of: number,
): WaitReason | null {
  const known = ArrayPrototypeFilter(
    reasons,
    (each): each is WaitReason => each !== null,
  );
  const first = known[0];
  if (first === undefined) return null;
  const texts: string[] = [];
  for (const { text } of known) {
    if (!SetPrototypeHas(SetFrom(texts), text)) ArrayPrototypePush(texts, text);
  }
  // A task may wait for several things there.
  const sampled = MathMin(reasons.length, of);
  const wakers = wakersOfAll(known);
  if (texts.length === 1 && known.length === reasons.length)
    return { ...first, wakers, sampled, of };
  const others = ArrayPrototypeMap(texts, (text) => text);
  let text = others[0] ?? '';
  for (let at = 1; at < others.length; at++) text += `; or ${others[at]}`;
  return { ...first, text, wakers, sure: false, sampled, of };
}

/** Where tasks have several, it is not told which is whose: each is one that may be. */
function wakersOfAll(reasons: readonly WaitReason[]): readonly Waker[] {
  const found: Waker[] = [];
  const known = new GlobalSet<string>();
  for (const { wakers } of reasons) {
    for (const waker of wakers) {
      const id = `${waker.taskId} ${waker.scriptName}:${waker.lineNumber}`;
      const isNew = !SetPrototypeHas(known, id);
      SetPrototypeAdd(known, id);
      const at = ArrayPrototypeFindIndex(found, (each) =>
        isSamePlace(each, waker),
      );
      const same = found[at];
      if (same === undefined) {
        ArrayPrototypePush(found, { ...waker, sure: false });
      } else if (isNew) {
        found[at] = { ...same, count: same.count + waker.count };
      }
    }
  }
  const isOfAll = ArrayPrototypeEvery(
    reasons,
    ({ wakers }) => wakers.length === SetPrototypeGetSize(known),
  );
  return isOfAll ? (reasons[0]?.wakers ?? []) : found;
}

function isSamePlace(a: Waker, b: Waker): boolean {
  return (
    a.functionName === b.functionName &&
    a.scriptName === b.scriptName &&
    a.lineNumber === b.lineNumber &&
    a.columnNumber === b.columnNumber &&
    a.variable === b.variable
  );
}
