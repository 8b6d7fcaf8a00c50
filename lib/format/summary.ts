// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The answer, before all the places: what most tasks wait for. */

import {
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  MapPrototypeValues,
} from '../base/lists.js';
import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypeIndexOf,
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  ArrayPrototypeSort,
  GlobalMap,
  GlobalSet,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  MathMax,
  MathMin,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import type { Dump, TaskGroup } from '../model/dump.js';
import type { Frame } from '../model/frame.js';
import { NEVER_TEXT } from '../model/placeholder.js';
import { sharedRest } from '../model/sharing.js';
import type { Stack } from '../model/stack.js';
import { type Verdict, VERDICTS } from '../model/verdict.js';
import type { WaitReason, Waker } from '../model/wait-reason.js';
import { redactText } from '../redact/redact.js';
import type { FormatContext } from './context.js';
import { displayName, displayPath, joinPosition } from './location.js';
import { count, duration, groupDigits } from './text.js';
import { wakerName } from './wakers.js';

/** So many lines, before the rest is only counted. */
const MOST_LINES = 5;
/** So many groups are looked at: the largest ones stand first. */
const MOST_GROUPS = 20_000;
/** So many stacks of one group, which combinators have branches for. */
const MOST_STACKS = 64;
/** So many things may one task wait for. */
const MOST_ENDS = 4;
/** Less than this is no news. */
const LEAST_SEEN_MS = 1_000;

/** What some tasks wait for. */
interface Cause {
  readonly verdict: Verdict;
  tasks: number;
  /** How many tasks have it in these words. */
  readonly texts: Map<string, number>;
  /** The innermost frames of the program's own. */
  readonly places: Map<string, number>;
  readonly wakers: Map<string, { readonly sure: boolean; tasks: number }>;
  seenMs: number;
  dueMs: number | null;
}

/** Where a stack ends. */
interface End {
  readonly frame: Frame | null;
  readonly wait: WaitReason | null;
}

/** For the head of a dump; empty where no task is of the program. */
export function summaryLines(dump: Dump, context: FormatContext): string[] {
  const causes = new GlobalMap<string, Cause>();
  let all = 0;
  let looked = 0;
  let own = 0;
  for (const { groups, taskCount, deadlocks } of dump.threads) {
    all += taskCount;
    for (const group of groups) {
      if (group.verdict === 'library' || looked >= MOST_GROUPS) continue;
      looked++;
      own += group.count;
      // The head tells of them already.
      if (group.verdict === 'deadlock' && deadlocks.length > 0) continue;
      addGroup(causes, group, context);
    }
  }
  if (own === 0) return [];
  const sorted = ArrayPrototypeSort(
    MapPrototypeValues(causes),
    (a, b) => importance(a) - importance(b) || b.tasks - a.tasks,
  );
  const lines = ArrayPrototypeMap(
    ArrayPrototypeSlice(sorted, 0, MOST_LINES),
    (cause) => context.clean(lineOf(cause, all)),
  );
  const more = sorted.length - lines.length;
  if (more > 0)
    ArrayPrototypePush(lines, `and ${count(more, 'more cause')}, below`);
  return lines;
}

function importance({ verdict }: Cause): number {
  return ArrayPrototypeIndexOf(
    VERDICTS,
    verdict === 'ready' ? 'waiting' : verdict,
  );
}

function addGroup(
  causes: Map<string, Cause>,
  group: TaskGroup,
  context: FormatContext,
): void {
  const known = new GlobalSet<string>();
  for (const { frame, wait } of endsOf(group.peekShared())) {
    const place = frame === null ? '' : placeOf(frame, context);
    const text = wait === null ? null : redactText(wait.text);
    const key = `${importantVerdict(group)} ${
      text === null ? `in ${place}` : `${wait?.kind} ${withoutNumbers(text)}`
    }`;
    // Several of its inputs may wait for the same.
    if (SetPrototypeHas(known, key)) continue;
    SetPrototypeAdd(known, key);
    const cause = MapPrototypeGet(causes, key) ?? newCause(group.verdict);
    MapPrototypeSet(causes, key, cause);
    cause.tasks += group.count;
    if (text !== null) addTo(cause.texts, text, group.count);
    if (place !== '') addTo(cause.places, place, group.count);
    for (const { seenMs } of group.tasks)
      cause.seenMs = MathMax(cause.seenMs, seenMs);
    const due = wait?.dueMs ?? null;
    if (due !== null) cause.dueMs = MathMin(cause.dueMs ?? due, due);
    addWakers(cause, wait?.wakers ?? [], context);
  }
}

function importantVerdict({ verdict }: TaskGroup): string {
  return verdict === 'stuck' || verdict === 'deadlock' ? verdict : '';
}

function newCause(verdict: Verdict): Cause {
  return {
    verdict,
    tasks: 0,
    texts: new GlobalMap(),
    places: new GlobalMap(),
    wakers: new GlobalMap(),
    seenMs: 0,
    dueMs: null,
  };
}

function addTo(counts: Map<string, number>, key: string, more: number): void {
  MapPrototypeSet(counts, key, (MapPrototypeGet(counts, key) ?? 0) + more);
}

/** Each waker once, although the reasons of many groups may name it. */
function addWakers(
  { wakers }: Cause,
  found: readonly Waker[],
  context: FormatContext,
): void {
  const here = new GlobalMap<string, number>();
  for (const waker of found) {
    const who = wakerName(waker, context);
    addTo(here, who, waker.count);
    const known = MapPrototypeGet(wakers, who) ?? {
      sure: waker.sure,
      tasks: 0,
    };
    known.tasks = MathMax(known.tasks, MapPrototypeGet(here, who) ?? 0);
    MapPrototypeSet(wakers, who, known);
  }
}

/** What a stack waits for: at its end or, where that is a combinator, at the ends of its branches. */
function endsOf(start: Stack): readonly End[] {
  const ends: End[] = [];
  const rests = new GlobalSet<Stack>();
  const todo: { stack: Stack; frame: Frame | null }[] = [
    { stack: start, frame: null },
  ];
  let steps = 0;
  for (
    let next = ArrayPrototypePop(todo);
    next !== undefined && ends.length < MOST_ENDS && steps < MOST_STACKS;
    next = ArrayPrototypePop(todo)
  ) {
    steps++;
    let { stack, frame } = next;
    let branches: readonly Stack[] = [];
    let isKnown = false;
    for (;;) {
      for (const each of stack.frames) {
        if (isOwn(each)) frame = each;
        if (each.hasBranches) branches = each.branches;
      }
      const rest = sharedRest(stack)?.stack;
      if (rest === undefined) break;
      isKnown = SetPrototypeHas(rests, rest);
      if (isKnown) break;
      SetPrototypeAdd(rests, rest);
      stack = rest;
    }
    // The first branch is the next one out.
    for (
      let index = MathMin(branches.length, MOST_STACKS) - 1;
      index >= 0;
      index--
    ) {
      const branch = branches[index];
      if (branch !== undefined)
        ArrayPrototypePush(todo, { stack: branch, frame });
    }
    if (branches.length === 0 && !isKnown)
      ArrayPrototypePush(ends, { frame, wait: stack.wait });
  }
  return ends;
}

function isOwn({ kind, hide, site }: Frame): boolean {
  if (kind === 'combinator' || hide) return false;
  // Code without a name may be the program's, such as what it evaluates.
  return site.origin === 'own' || site.scriptName === '';
}

function placeOf(frame: Frame, { options }: FormatContext): string {
  const path = displayPath(frame.scriptName, options.cwd);
  const where = joinPosition(path, frame.lineNumber, null);
  const name = displayName(frame);
  return where === '' ? name : `${name}, ${where}`;
}

/** Numbers, and what may be an id, do not make two things of one. */
function withoutNumbers(text: string): string {
  return RegExpReplaceIn(
    text,
    /\b[\da-f]{8,}(?:-[\da-f]+)*\b|\d[\d,.]*/gi,
    '#',
  );
}

/** `38 of 45 tasks wait for a free client of pg Pool (may be released by importAll, import.ts:42, 10 ×)` */
function lineOf(cause: Cause, all: number): string {
  const { tasks, texts, places, verdict } = cause;
  const who =
    all === 1
      ? 'the one task'
      : `${groupDigits(tasks)} of ${count(all, 'task')}`;
  const isOne = tasks === 1;
  const notes = notesOf(cause);
  const note =
    notes.length === 0 ? '' : ` (${ArrayPrototypeJoin(notes, '; ')})`;
  const place = mostOf(places);
  const more = MapPrototypeGetSize(places) - 1;
  const others = more > 0 ? ` and ${count(more, 'other place')}` : '';
  const where = place === '' ? '' : ` in ${place}${others}`;
  if (verdict === 'ready')
    return `${who} ${isOne ? 'is' : 'are'} ready to resume${where}`;
  const never =
    verdict === 'stuck'
      ? ', and nothing can settle that'
      : verdict === 'deadlock'
        ? ': a deadlock'
        : '';
  const waits = isOne ? 'waits' : 'wait';
  if (mostOf(texts) === NEVER_TEXT)
    return `${who} ${waits}${where}, and nothing can settle that${note}`;
  if (MapPrototypeGetSize(texts) === 0)
    return `${who} ${waits}${where}${never}${note}`;
  const own = RegExpReplaceIn(mostOf(texts), /^waits for /, '');
  const text = isOne ? own : RegExpReplaceIn(own, /^its turn/, 'their turn');
  const alike = MapPrototypeGetSize(texts) > 1 ? ' and the like' : '';
  // Where no rule is known, only who holds it.
  if (RegExpTest(/^(?:held|may be settled) by /, text))
    return `${who} ${waits}${where}: ${text}${alike}${never}${note}`;
  return `${who} ${waits} for ${text}${alike}${where}${never}${note}`;
}

function notesOf({ wakers, seenMs, dueMs }: Cause): string[] {
  const notes: string[] = [];
  const known: string[] = [];
  let sure = true;
  MapPrototypeForEach(wakers, (waker, who) => {
    sure &&= waker.sure;
    const times = waker.tasks > 1 ? `, ${groupDigits(waker.tasks)} ×` : '';
    ArrayPrototypePush(known, `${who}${times}`);
  });
  if (known.length > 0) {
    const shown = ArrayPrototypeSlice(known, 0, 3);
    const more = known.length - shown.length;
    if (more > 0) ArrayPrototypePush(shown, `${groupDigits(more)} more`);
    const by = ArrayPrototypeJoin(shown, '; ');
    ArrayPrototypePush(
      notes,
      `${sure ? 'settled' : 'may be released'} by ${by}`,
    );
  }
  if (seenMs >= LEAST_SEEN_MS)
    ArrayPrototypePush(notes, `the longest for ${duration(seenMs)} at least`);
  if (dueMs !== null) ArrayPrototypePush(notes, `due in ${duration(dueMs)}`);
  return notes;
}

/** The first one that is there most often. */
function mostOf(counts: ReadonlyMap<string, number>): string {
  let found = '';
  let most = 0;
  MapPrototypeForEach(counts, (number, text) => {
    if (number <= most) return;
    most = number;
    found = text;
  });
  return found;
}
