// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** From the evidence of one promise to the reason why it is waited for. Pure. */

import {
  ArrayPrototypeEvery,
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypePush,
} from '../base/lists.js';
import { JSONStringify } from '../base/json.js';
import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypeReverse,
  MathMin,
  ObjectKeys,
  SetPrototypeHas,
} from '../base/primordials.js';
import { SetFrom } from '../base/lists.js';
import { displayPath, joinPosition } from '../format/location.js';
import type { Site } from '../model/site.js';
import {
  type WaitKind,
  type WaitReason,
  waitReason,
  type WaitStep,
  type Waker,
} from '../model/wait-reason.js';
import type { Evidence, Leaf, Thing } from './evidence.js';
import { isBehindResource, type Path, pathsFrom } from './paths.js';
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

interface Candidate extends Explained {
  readonly path: Path;
  readonly rank: number;
  readonly isAdded?: boolean;
}

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
  const all = candidatesOf(paths, evidence);
  const best = bestOf(
    ArrayPrototypeFilter(all, ({ isLimit }) => isLimit !== true),
  );
  const limit = bestOf(
    ArrayPrototypeFilter(all, ({ isLimit }) => isLimit === true),
  );
  if (onlyAdded && best?.isAdded !== true)
    return { reason: null, wakers: [], isOnlyByWakers: false };
  // Such as what only ends a wait: what it ends may not have been found.
  if (isFarMissing && best?.kind === 'event' && best.rank < LEAST_OF_CUT)
    return { reason: null, wakers: [], isOnlyByWakers: false };
  const held = best === null ? heldBy(paths) : null;
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
const SETTINGS = /^(?:options|_?config)\./;

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
    else if (own === 'path' || own === 'url')
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

function candidatesOf(paths: readonly Path[], evidence: Evidence): Candidate[] {
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
      const explained = rule.explain({ thing, path, now: evidence.now });
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

/** Events that end something else mostly: a task waits for the other one that settles it. */
const ENDS = SetFrom(['error', 'close', 'end', 'abort', 'aborted', 'timeout']);

/** A listener of an emitter: the way leads through the store of its listeners. */
function eventOf(path: Path): Candidate | null {
  const { thing, hold, below } = path;
  if (below === null) return null;
  let event: string;
  if (hold.name === '_events') {
    event = below.hold.name;
    // One of several listeners of an event stands in a list.
    if (below.hold.link === 'element' && below.below !== null)
      event = below.below.hold.name;
    if (below.hold.link === 'property' && isList(below.thing) && below.below)
      event = below.below.hold.name;
  } else if (hold.name === 'kEvents') {
    event = below.hold.name;
  } else {
    return null;
  }
  if (event === '') return null;
  const what = nameOf(thing);
  if (passesScript(below, END_OF_STREAM)) {
    const text = `the end of ${what}`;
    return { kind: 'stream', text, path, rank: 12 };
  }
  if (event === 'abort' && RegExpTest(/^EventTarget$|^AbortSignal$/, what)) {
    const text = 'the abort of an AbortSignal';
    return { kind: 'event', text, path, rank: 9 };
  }
  const isProcess = RegExpTest(/^ChildProcess/, what);
  return {
    kind: kindOfEmitter(thing),
    text: `event ${JSONStringify(event)} of ${what}`,
    path,
    rank: isProcess ? 14 : SetPrototypeHas(ENDS, event) ? 9 : 13,
  };
}

/** Node's functions that wait until a stream is over, by whatever events. */
const END_OF_STREAM =
  /^node:(?:internal\/streams\/(?:end-of-stream|pipeline)|stream\/promises)$/;

function passesScript(path: Path, script: RegExp): boolean {
  for (let at: Path | null = path; at !== null; at = at.below) {
    if (RegExpTest(script, at.thing.site?.scriptName ?? '')) return true;
  }
  return false;
}

function isList(thing: Thing): boolean {
  return thing.className === 'Array';
}

const EMITTERS: readonly (readonly [RegExp, WaitKind])[] = [
  [/Socket$|^Server$|^Pipe$|^TTY$/, 'io'],
  [/^ClientRequest$|^IncomingMessage$|^ServerResponse$/, 'request'],
  [/Process$/, 'process'],
  [/^Worker$|Port$|Channel$/, 'message'],
  [
    /Stream$|^Readable$|^Writable$|^Duplex$|^Transform$|^PassThrough$/,
    'stream',
  ],
];

function kindOfEmitter({ className }: Thing): WaitKind {
  for (const { 0: pattern, 1: kind } of EMITTERS)
    if (RegExpTest(pattern, className)) return kind;
  return 'event';
}

/** What a thing is called in a sentence: its class, and what a rule says of it. */
function nameOf(thing: Thing): string {
  const { className } = thing;
  const host = thing.text('_host') ?? thing.text('host');
  const path = thing.text('path');
  const pid = thing.number('pid');
  if (pid !== null) return `${className} ${pid}`;
  if (host !== null) return `${className} (${host})`;
  return path === null || className === 'ClientRequest'
    ? className
    : `${className} (${path})`;
}

/** Without a rule: the nearest thing with a name, and how it holds what it holds. */
function heldBy(paths: readonly Path[]): (Explained & { path: Path }) | null {
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

function isOver({ kind, className }: Thing): boolean {
  return kind === 'object' && SetPrototypeHas(TIMERS, className);
}

function rankOfHolder({ thing, depth, rejects, isBehindOwner }: Path): number {
  if (isOver(thing)) return 0;
  const base =
    thing.kind === 'object' && thing.isNamed
      ? 100
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
  if (texts.length === 1 && known.length === reasons.length)
    return { ...first, sampled, of };
  const others = ArrayPrototypeMap(texts, (text) => text);
  let text = others[0] ?? '';
  for (let at = 1; at < others.length; at++) text += `; or ${others[at]}`;
  return { ...first, text, sure: false, sampled, of };
}
