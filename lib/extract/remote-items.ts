// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Built-in glue: a `RemoteItem`, unwrapped in the thread that it is of. */

import {
  JSONParse,
  SetPrototypeAdd,
  SetPrototypeHas,
  StringPrototypeSlice,
} from '../base/primordials.js';
import {
  answerWith,
  askThread,
  type Question,
  type Reply,
} from '../threads/questions.js';
import { currentSession, type Session } from './session.js';
import { ownThreadId } from '../threads/threads.js';
import type { ResolvedOptions } from '../base/options.js';
import type { CallGraphJson } from '../model/json.js';
import { itemEntry, items } from '../hooks/registry.js';
import { RemoteItem, remoteHook } from '../hooks/remote.js';
import { AsynctbError } from '../base/errors.js';
import { errorFromJson, stackFromJson } from '../model/from-json.js';
import { Placeholder } from '../model/placeholder.js';
import { Stack } from '../model/stack.js';
import type { RawThread } from '../base/capture.js';
import { stackOfThread, threadIn } from './thread-items.js';

/** A loop that turns at all has turned by then, on a machine that is not overloaded. */
const SOON_MS = 25;
const TIMEOUT_MS = 1_000;
/** Through more threads no real program leads. */
const MOST_HOPS = 8;

/** How this thread answers; of what is inside of it, and of who waits for it. */
export interface Answering {
  extract(item: unknown, options: ResolvedOptions): Stack;
  awaiters(item: unknown, options: ResolvedOptions): CallGraphJson;
}

export function installRemoteItems(answering: Answering): void {
  items.builtIn.register(
    { class: RemoteItem },
    itemEntry((item) => (RemoteItem.is(item) ? unwrap(item) : undefined)),
  );
  answerWith((question) => answer(question, answering));
}

/** Of the question that is being answered. */
let hops = 0;

function answer(question: Question, answering: Answering): Reply {
  const { about, name, detail, options } = question;
  if (question.hops > MOST_HOPS) {
    throw new AsynctbError(
      'ERR_ASYNCTB_UNWRAP_LOOP',
      `hooks lead through more than ${MOST_HOPS} threads: they probably go round in circles`,
    );
  }
  const before = hops;
  hops = question.hops;
  try {
    const item = remoteHook(name)?.(JSONParse(detail));
    if (item === undefined || item === null) return {};
    return about === 'stack'
      ? { stack: answering.extract(item, options).toJSON({ locals: true }) }
      : { awaiters: answering.awaiters(item, options) };
  } finally {
    hops = before;
  }
}

function unwrap(item: RemoteItem): unknown {
  const session = currentSession();
  if (session === null) return undefined;
  const { threadId, name } = item;
  if (threadId === ownThreadId()) {
    return (
      remoteHook(name)?.(JSONParse(item.detail)) ?? new Stack(item, [], [item])
    );
  }
  let reply = ask(item, 'stack', session, SOON_MS);
  if (reply === 'late') {
    // What runs there is what the item does, or what it has to wait for.
    const thread = threadIn(session, threadId);
    if (thread.status !== 'ok' || thread.activity !== 'idle') {
      return stackOfThread(item.thread, thread, session.options.maxFrames);
    }
    reply = ask(item, 'stack', session, TIMEOUT_MS);
  }
  if (reply === 'nobody') {
    const thread = threadIn(session, threadId);
    return thread.status === 'ok'
      ? new Stack(item, [], [item.thread], notAnswering(thread))
      : stackOfThread(item.thread, thread, session.options.maxFrames);
  }
  if (reply === 'late') {
    return new Stack(item, [], [item.thread], late(threadId));
  }
  if (reply.error !== undefined) {
    return new Stack(item, [], [item], errorFromJson(reply.error));
  }
  return reply.stack === undefined
    ? new Stack(item, [], [unknownThere(item)])
    : stackFromJson(reply.stack, item);
}

/** Who waits for an item of another thread. Throws why that cannot be known. */
export function remoteAwaiters(
  item: RemoteItem,
  session: Session,
): CallGraphJson | null {
  const reply = ask(item, 'awaiters', session, TIMEOUT_MS);
  if (reply === 'late') throw late(item.threadId);
  if (reply === 'nobody') {
    const thread = threadIn(session, item.threadId);
    throw (
      (thread.status === 'ok' ? null : stackOfThread(item, thread, 0).error) ??
      notAnswering(thread)
    );
  }
  if (reply.error !== undefined) throw errorFromJson(reply.error);
  return reply.awaiters ?? null;
}

function ask(
  { threadId, name, detail }: RemoteItem,
  about: Question['about'],
  { options, deaf }: Session,
  timeoutMs: number,
): Reply | 'late' | 'nobody' {
  if (SetPrototypeHas(deaf, threadId)) return 'late';
  const question = { about, name, detail, options, hops: hops + 1 };
  const reply = askThread(threadId, question, timeoutMs);
  if (reply === 'late' && timeoutMs >= TIMEOUT_MS)
    SetPrototypeAdd(deaf, threadId);
  return reply;
}

function late(threadId: number): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_TIMED_OUT',
    `thread ${threadId}: its event loop did not turn within ${TIMEOUT_MS} ms, so its hooks could not be asked`,
  );
}

function notAnswering({ threadId, name }: RawThread): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_NOT_REGISTERED',
    `thread ${threadId} "${name}" answers no questions: it is about to exit, or another version of asynctb is registered there`,
  );
}

function unknownThere({ threadId, name, detail }: RemoteItem): Placeholder {
  const short =
    detail.length > 60 ? `${StringPrototypeSlice(detail, 0, 60)}…` : detail;
  return new Placeholder(
    `${name} ${short} of thread ${threadId}, where nothing is known of it`,
  );
}
