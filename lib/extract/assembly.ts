// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Delegate } from '../base/generators.js';
import {
  ArrayPrototypeAt,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  ArrayPrototypeSlice,
} from '../base/lists.js';
import {
  GlobalSet,
  ObjectIs,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import { describeValue } from '../format/describe.js';
import { isSuspendable } from './suspended.js';
import { type Answer, askHooks, isNothing } from '../hooks/ask.js';
import { type FrameEntry, frames, PRUNE } from '../hooks/registry.js';
import { toError } from '../hooks/warn.js';
import { AsynctbError, joinErrors } from '../base/errors.js';
import type { Frame } from '../model/frame.js';
import { keepNotes } from '../model/notes.js';
import type { Stack } from '../model/stack.js';
import { isPlainArray } from '../open-ends/closures.js';
import { entriesOf, entriesOfFound, iteratorOf } from './answers.js';
import { applyResourceHooks, applyRules, isNewToHooks } from './frame-rules.js';
import {
  close,
  type Entry,
  type FrameInLine,
  frameEntry,
  type Item,
  type ItemEntry,
  itemEntry,
  type IteratorEntry,
  Line,
} from './line.js';
import { maxFramesReached } from './live-stacks.js';
import type { Session } from './session.js';
import { isTouched } from './touched.js';

/** So many unwraps one after the other without a frame are a loop. */
const MOST_TURNS = 100;
/** And so many in all, of hooks that multiply what they are given. */
const MOST_UNWRAPS = 1_000;

/** How many frames a target may still get, its branches included. */
export interface Budget {
  left: number;
  /** Set once something was cut. */
  cut: boolean;
}

/** An item that the engine has to unwrap; the answer is what it found. */
export type Assembling = Generator<object, void, Stack>;

/**
 * Fills one stack. The frames to elaborate and, behind them, the items to unwrap stand in one
 * line, each with its depth: how many unwraps are above it. The line's front is unwrapped only as
 * far as somebody asks what comes next. A frame's hook replaces what stands behind the frame *at
 * its depth or deeper*: that is what is logically inside.
 */
export class Assembly {
  readonly #stack: Stack;
  readonly #session: Session;
  readonly #budget: Budget;
  readonly #line = new Line();
  readonly #frames: Frame[] = [];
  readonly #seen = new GlobalSet<Frame>();
  readonly #leaves: unknown[] = [];
  readonly #errors: Error[] = [];
  #unwraps = 0;
  #loops = false;

  constructor(stack: Stack, session: Session, budget: Budget) {
    this.#stack = stack;
    this.#session = session;
    this.#budget = budget;
  }

  /** Begins with an item that some hook knows. */
  addItem(item: unknown): void {
    this.#line.push([itemEntry(item, 0, 0, null)]);
  }

  /** Begins with what the engine found. */
  addFound(found: Stack): void {
    const { root } = found;
    this.#line.push(
      entriesOfFound(found, 0, 0, { item: root, parent: null }, 0),
    );
  }

  addFrames(found: readonly Frame[]): void {
    this.#line.push(
      ArrayPrototypeMap(found, (frame) => frameEntry(frame, 0, null)),
    );
  }

  /**
   * `spawn` is given branches that hooks want to see, and their frames; `onlyFirst` ends with the
   * first frame. `above` gives the frames that go before all others, told what the others begin with.
   */
  *run(
    spawn: (branch: Stack, of: Frame) => void,
    onlyFirst = false,
    above?: (first: unknown) => readonly Frame[],
  ): Assembling {
    if (above !== undefined)
      this.addFrames(above(yield* Delegate(this.#peek())));
    for (
      let entry = this.#line.take();
      entry !== null;
      entry = this.#line.take()
    ) {
      switch (entry.kind) {
        case 'leaf':
          ArrayPrototypePush(this.#leaves, entry.value);
          break;
        case 'error':
          ArrayPrototypePush(this.#errors, entry.error);
          break;
        case 'end':
          break;
        case 'frame':
          yield* Delegate(this.#addFrame(entry, spawn));
          if (onlyFirst) this.#line.prune(0);
          break;
        default:
          yield* Delegate(this.#expand(entry));
      }
    }
    this.#stack.frames = this.#frames;
    this.#stack.leaves = this.#leaves;
    keepNotes(this.#stack, this.#leaves);
    this.#stack.error = joinErrors(this.#errors);
  }

  *#addFrame(
    entry: FrameInLine,
    spawn: (branch: Stack, of: Frame) => void,
  ): Assembling {
    const { frame } = entry;
    if (SetPrototypeHas(this.#seen, frame)) return;
    if (this.#budget.left <= 0) {
      this.#budget.cut = true;
      this.#line.prune(0);
      ArrayPrototypePush(
        this.#errors,
        maxFramesReached(this.#session.options.maxFrames),
      );
      return;
    }
    this.#budget.left--;
    this.#unwraps = 0;
    SetPrototypeAdd(this.#seen, frame);
    ArrayPrototypePush(this.#frames, frame);
    if (!isNewToHooks(frame)) return;
    ArrayPrototypePushAll(
      this.#errors,
      applyResourceHooks(frame, this.#session),
    );
    const rules = frames.find(frame);
    if (rules !== null) yield* Delegate(this.#elaborate(entry, rules));
    if (!frame.hasBranches) return;
    for (const branch of frame.branches) {
      if (frame.branchesUp || isTouched(branch)) spawn(branch, frame);
    }
  }

  *#elaborate(entry: FrameInLine, rules: FrameEntry): Assembling {
    const next =
      rules.hook === null ? undefined : yield* Delegate(this.#peek());
    const { answer, failed, errors } = applyRules(entry.frame, rules, next);
    ArrayPrototypePushAll(this.#errors, errors);
    if (failed) this.#line.prune(entry.depth);
    if (!isNothing(answer)) this.#replace(entry, answer, next);
  }

  /** What a hook's answer does to the rest of the line. */
  #replace({ depth, parent }: FrameInLine, result: unknown, next: unknown) {
    if (result === PRUNE) {
      this.#line.prune(depth);
    } else if (!isPlainArray(result)) {
      if (ObjectIs(result, next)) return;
      this.#line.prune(depth);
      this.#pushAnswer({ value: result, yields: false }, depth, 0, parent);
    } else if (
      result.length > 0 &&
      ObjectIs(ArrayPrototypeAt(result, -1), next)
    ) {
      this.#line.push([{ kind: 'end', depth }]);
      this.#line.push(
        entriesOf(ArrayPrototypeSlice(result, 0, -1), depth, 0, parent),
      );
    } else {
      this.#line.prune(depth);
      this.#line.push(entriesOf(result, depth, 0, parent));
    }
  }

  /** The frame or leaf that comes next, unwrapping what stands before it; undefined: none. */
  *#peek(): Generator<object, unknown, Stack> {
    const passed: Entry[] = [];
    let next: unknown;
    for (
      let entry = this.#line.take();
      entry !== null;
      entry = this.#line.take()
    ) {
      if (entry.kind === 'item' || entry.kind === 'iterator') {
        yield* Delegate(this.#expand(entry));
        continue;
      }
      ArrayPrototypePush(passed, entry);
      if (entry.kind === 'error' || entry.kind === 'end') continue;
      if (entry.kind === 'frame' && SetPrototypeHas(this.#seen, entry.frame))
        continue;
      next = entry.kind === 'frame' ? entry.frame : entry.value;
      break;
    }
    this.#line.push(passed);
    return next;
  }

  /** Puts in an item's place what it unwraps into. */
  *#expand(entry: ItemEntry | IteratorEntry): Assembling {
    if (entry.kind === 'iterator') {
      this.#advance(entry);
      return;
    }
    const { item, depth } = entry;
    let answer: Answer | null = null;
    let failure: Error | null = null;
    try {
      answer = askHooks(item);
    } catch (thrown) {
      // Which takes nothing away from what is known without the hook.
      failure = toError(thrown);
    }
    if (answer !== null) {
      this.#unwrapped(entry, answer);
    } else if (entry.otherwise !== null) {
      const { found, from } = entry.otherwise;
      this.#line.push(entriesOfFound(found, depth, entry.turns, entry, from));
    } else if (entry.isEnd || !isSuspendable(item)) {
      this.#line.push([{ kind: 'leaf', value: item, depth }]);
    } else if (isOnWay(item, entry.parent)) {
      this.#line.push([{ kind: 'leaf', value: item, depth }]);
      this.#fail(circle(item), depth);
    } else {
      const found = yield item;
      this.#line.push(entriesOfFound(found, depth + 1, entry.turns, entry, 0));
    }
    if (failure !== null) this.#fail(failure, depth);
  }

  #unwrapped(entry: ItemEntry, answer: Answer): void {
    const { item, depth, turns } = entry;
    this.#unwraps++;
    if (turns < MOST_TURNS && this.#unwraps <= MOST_UNWRAPS) {
      this.#pushAnswer(answer, depth + 1, turns + 1, entry);
      return;
    }
    if (answer.yields) close(answer.value as Iterator<unknown>);
    if (this.#loops) return;
    // Said once: hooks that multiply what they are given would say it without end.
    this.#loops = true;
    this.#line.push([{ kind: 'leaf', value: item, depth }]);
    this.#fail(loop(item), depth);
  }

  #fail(error: Error, depth: number): void {
    this.#line.push([{ kind: 'error', error, depth }]);
  }

  #advance(entry: IteratorEntry): void {
    const { iterator, depth, turns, parent } = entry;
    let value: unknown;
    try {
      const result = iterator.next();
      if (result.done === true) return;
      value = result.value;
    } catch (thrown) {
      this.#fail(toError(thrown), depth);
      return;
    }
    if (++this.#unwraps > this.#session.options.maxFrames + MOST_UNWRAPS) {
      close(iterator);
      this.#fail(maxFramesReached(this.#session.options.maxFrames), depth);
      return;
    }
    this.#line.push([entry]);
    this.#line.push(entriesOf([value], depth, turns, parent));
  }

  #pushAnswer(
    { value, yields }: Answer,
    depth: number,
    turns: number,
    parent: Item | null,
  ): void {
    if (isPlainArray(value)) {
      this.#line.push(entriesOf(value, depth, turns, parent));
      return;
    }
    try {
      const iterator = yields
        ? (value as Iterator<unknown>)
        : iteratorOf(value);
      if (iterator === null)
        this.#line.push(entriesOf([value], depth, turns, parent));
      else
        this.#line.push([{ kind: 'iterator', iterator, depth, turns, parent }]);
    } catch (thrown) {
      this.#fail(toError(thrown), depth);
    }
  }
}

function isOnWay(item: unknown, parent: Item | null): boolean {
  for (let at = parent; at !== null; at = at.parent) {
    if (at.item === item) return true;
  }
  return false;
}

function circle(item: unknown): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_CYCLE',
    `hooks lead from ${describeValue(item)} back to itself`,
  );
}

function loop(item: unknown): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_UNWRAP_LOOP',
    `${describeValue(item)} was reached by more than ${MOST_TURNS} unwraps without a frame: its hooks probably go round in circles`,
  );
}
