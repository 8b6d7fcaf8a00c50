// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Listeners of emitters, of which no rule need know the class. Pure. */

import { JSONStringify } from '../base/json.js';
import { SetFrom } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  SetPrototypeHas,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import type { WaitKind } from '../model/wait-reason.js';
import type { Candidate } from './candidate.js';
import type { Path } from './paths.js';
import { pipelineOf, pipelineText } from './pipelines.js';
import type { Thing } from './thing.js';
import { nameOf } from './thing-name.js';

/** Events that end something else mostly: a task waits for the other one that settles it. */
const ENDS = SetFrom(['error', 'close', 'end', 'abort', 'aborted', 'timeout']);

/** Events for which hardly anybody waits: they are how a wait fails. */
const FAILURES = SetFrom(['error', 'aborted', 'timeout']);

/** Whether it names no more than an event by which a wait fails. */
export function isFailure({ text, path }: Candidate): boolean {
  return (
    StringPrototypeStartsWith(text, 'event ') &&
    SetPrototypeHas(FAILURES, eventNameOf(path))
  );
}

/** Whether the way leads through the store of somebody's listeners. */
export function passesListeners(path: Path): boolean {
  for (let at: Path | null = path; at !== null; at = at.below) {
    const { hold, thing } = at;
    if (hold.name === '_events' || hold.name === 'kEvents') return true;
    if (thing.className === 'Listener') return true;
  }
  return false;
}

/** Whether an event only ends a wait, mostly. */
export function isEndEvent(event: string): boolean {
  return SetPrototypeHas(ENDS, event);
}

/** A listener of an emitter: the way leads through the store of its listeners. */
export function eventOf(path: Path): Candidate | null {
  const { thing, below } = path;
  const event = eventNameOf(path);
  if (below === null || event === '') return null;
  const what = nameOf(thing);
  if (passesScript(below, END_OF_STREAM)) {
    const pipeline = pipelineOf(path);
    const text =
      pipeline === null ? `the end of ${what}` : pipelineText(pipeline);
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
    rank: isProcess ? 14 : isEndEvent(event) ? 9 : 13,
  };
}

/** The event by which a listener is held; '' when it is none. */
export function eventNameOf({ hold, below }: Path): string {
  if (below === null) return '';
  if (hold.name === 'kEvents') return below.hold.name;
  if (hold.name !== '_events') return '';
  // One of several listeners of an event stands in a list.
  const inList =
    below.hold.link === 'element' ||
    (below.hold.link === 'property' && isList(below.thing));
  return inList && below.below !== null
    ? below.below.hold.name
    : below.hold.name;
}

/** Node's functions that wait until a stream is over, by whatever events. */
const END_OF_STREAM =
  /^node:(?:internal\/streams\/(?:end-of-stream|pipeline)|stream\/promises)$/;

/** Whether one of the functions on the way is of such a script. */
export function passesScript(path: Path, script: RegExp): boolean {
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
