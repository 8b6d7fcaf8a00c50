// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { GlobalMap, GlobalSet } from '../base/primordials.js';
import { AsynctbError } from '../base/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { askEvidence } from '../open-ends/by-evidence.js';
import { forgetAll } from '../open-ends/own-lists.js';
import { forgetNotes } from '../model/notes.js';
import type { RawThread } from '../base/capture.js';
import type { ResolvedOptions } from '../base/options.js';

/** What a public call was asked for, which its hooks extract children with. */
export interface Session {
  readonly options: ResolvedOptions;
  /** The public function that the program called: the running stack is seen from there. */
  readonly entry: AnyFunction;
  /** How many `extractChild` stand between this and the public call. */
  readonly depth: number;
  /** The answers of other threads, each asked once a public call. */
  readonly threads: Map<number, RawThread>;
  /** Threads that did not answer a question in time: they are not waited for again. */
  readonly deaf: Set<number>;
  /** The promises that combine several without an index; found by one walk when first needed. */
  combined: ReadonlySet<unknown> | null;
}

/** Deeper than any real tree of tasks; a hook that extracts its own item again gets here. */
const MOST_NESTED = 100;

let current: Session | null = null;

export function newSession(
  options: ResolvedOptions,
  entry: AnyFunction,
): Session {
  return {
    options,
    entry,
    depth: 0,
    threads: new GlobalMap(),
    deaf: new GlobalSet(),
    combined: null,
  };
}

/** Whatever runs inside sees this session, and afterwards the one before: calls may nest. */
export function inSession<Result>(
  session: Session,
  act: (session: Session) => Result,
): Result {
  const before = current;
  current = session;
  askEvidence(session.options.explain);
  try {
    return act(session);
  } finally {
    current = before;
    askEvidence(before === null || before.options.explain);
    if (before === null) {
      forgetAll();
      forgetNotes();
    }
  }
}

export function currentSession(): Session | null {
  return current;
}

export function childSession(): Session {
  if (current === null) {
    throw new AsynctbError(
      'ERR_ASYNCTB_NOT_IN_HOOK',
      'extractChild() works only inside a hook, while an extraction runs it: use extract()',
    );
  }
  if (current.depth >= MOST_NESTED) {
    throw new AsynctbError(
      'ERR_ASYNCTB_UNWRAP_LOOP',
      `extractChild() was called ${MOST_NESTED} levels deep: a hook probably extracts its own item again`,
    );
  }
  return { ...current, depth: current.depth + 1 };
}

/**
 * Outside of an extraction nothing that was found of functions and holders is kept. `act` is no
 * closure: that would hold what is looked for, and be found.
 */
export function withBounds<Argument, Result>(
  act: (argument: Argument) => Result,
  argument: Argument,
): Result {
  if (current !== null) return act(argument);
  try {
    return act(argument);
  } finally {
    forgetAll();
  }
}
