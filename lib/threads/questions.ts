// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What hooks in one thread ask those in another: plain data there, plain data back. */

import { JSONStringify } from '../base/json.js';
import { JSONParse } from '../base/primordials.js';
import { describeError } from '../format/describe.js';
import type { CallGraphJson, ErrorJson, StackJson } from '../model/json.js';
import { toError } from '../hooks/warn.js';
import { AnswerState } from '../base/capture-schema.js';
import { loadBinding, tryBinding } from '../engine/binding.js';
import type { ResolvedOptions } from '../base/options.js';

export interface Question {
  /** What is inside of the item, or who waits for it. */
  readonly about: 'stack' | 'awaiters';
  readonly name: string;
  /** As JSON. */
  readonly detail: string;
  readonly options: ResolvedOptions;
  /** Through how many threads this question has come. */
  readonly hops: number;
}

/** Nothing in it: no hook there knows the item. */
export interface Reply {
  readonly stack?: StackJson;
  readonly awaiters?: CallGraphJson;
  readonly error?: ErrorJson;
}

let answerer: ((question: Question) => Reply) | null = null;

export function answerWith(answer: (question: Question) => Reply): void {
  answerer = answer;
}

/** The current thread answers from now on, whenever its loop turns or it waits for an answer. */
export function openQuestions(threadId: number): void {
  loadBinding().answerQuestions(threadId, answerQuestion);
}

function answerQuestion(text: string): string {
  try {
    // Where only asynctb/register was loaded: what answers is too much to be loaded in advance.
    if (answerer === null) require('./index.js');
    return JSONStringify(answerer?.(JSONParse(text) as Question) ?? {});
  } catch (thrown) {
    const reply: Reply = { error: describeError(toError(thrown)) };
    return JSONStringify(reply);
  }
}

/** `'late'`: the thread did not get to it in time. `'nobody'`: it is not there to answer. */
export function askThread(
  threadId: number,
  question: Question,
  timeoutMs: number,
): Reply | 'late' | 'nobody' {
  const binding = tryBinding();
  if (binding === null) return 'nobody';
  const { state, text } = binding.askQuestion(
    threadId,
    JSONStringify(question),
    timeoutMs,
  );
  if (state === AnswerState.answered) return JSONParse(text) as Reply;
  return state === AnswerState.nobody ? 'nobody' : 'late';
}
