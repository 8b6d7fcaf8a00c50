// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { elaborateFrames } from '../glue/suspended.js';
import type { CallGraphJson } from '../format/json.js';
import { CallGraph } from '../model/call-graph.js';
import { AsynctbError, joinErrors } from '../model/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import type { Awaiter } from './awaiters.js';
import { elaborateFound, extractAll, prepareHooks } from './extract.js';
import { elaborateFromInside } from './frame-rules.js';
import { awaitersOf, ownFrame } from './linked-awaiters.js';
import {
  type ExtractOptions,
  type ResolvedOptions,
  resolveOptions,
} from './options.js';
import { inSession, newSession, type Session } from './session.js';
import { runningTask } from './running-task.js';

/**
 * Who waits for a target, and who waits for those: one node an async function, callback or
 * combinator. Without a target: of the task that is running.
 */
export function callGraph(
  target?: unknown,
  options?: ExtractOptions,
): CallGraph {
  const resolved = resolveOptions(options);
  const entry = callGraph as AnyFunction;
  return inSession(newSession(resolved, entry), (session) => {
    if (target === undefined) {
      const [root, found] = runningTask(resolved, entry);
      elaborateFrames(found.frames, resolved, entry);
      return graphOf(root, elaborateFound(found, resolved, entry), session);
    }
    const alone = { ...resolved, awaiters: false };
    const [stack] = extractAll([target], alone, entry);
    return graphOf(target, stack as Stack, session);
  });
}

/** For another thread: who waits for an item of this one, without the item's own frames. */
export function awaitersAsJson(
  item: unknown,
  options: ResolvedOptions,
): CallGraphJson {
  const session = newSession(options, awaitersAsJson as AnyFunction);
  return inSession(session, () => {
    prepareHooks();
    return graphOf(item, new Stack(item), session).toJSON();
  });
}

/** Breadth first without recursion; who is met again by another way is the same node. */
function graphOf(target: unknown, stack: Stack, session: Session): CallGraph {
  const { options, entry } = session;
  const top = new CallGraph(target, stack);
  const nodes = new Map<unknown, CallGraph>([[target, top]]);
  const below = new Map<CallGraph, CallGraph>();
  const todo = [top];
  const known = new Map<CallGraph, readonly Awaiter[]>();
  for (const node of todo) {
    const errors: Error[] = [];
    const { frames, leaves } = node.stack;
    const [first = leaves[0]] = frames;
    const own = ownFrame(node.root, first);
    const awaiters =
      known.get(node) ?? awaitersOf(node.root, own, options, errors);
    if (errors.length > 0) {
      node.stack.error = joinErrors([node.stack.error ?? [], errors].flat());
    }
    for (const awaiter of awaiters) {
      const { frame, inner, root, input, above } = awaiter;
      const before = nodes.get(root);
      const cyclic =
        awaiter.cyclic === true ||
        (before !== undefined && isOnWay(before, node, below));
      if (before !== undefined && !cyclic) {
        node.awaitedBy.push(before);
        continue;
      }
      if (todo.length > options.maxFrames) {
        node.stack.error ??= new AsynctbError(
          'ERR_ASYNCTB_MAX_FRAMES',
          `more than ${options.maxFrames} awaiters: the rest is not shown (option maxFrames)`,
        );
        return top;
      }
      elaborateFrames([frame], options, entry);
      const [inside = first] = inner;
      const error = joinErrors(elaborateFromInside(frame, inside, session));
      const found = new Stack(root, [frame, ...inner], [], error, input);
      const next = new CallGraph(root, found, [], cyclic);
      node.awaitedBy.push(next);
      if (cyclic) continue;
      if (root !== null) nodes.set(root, next);
      if (above !== undefined) known.set(next, above);
      below.set(next, node);
      todo.push(next);
    }
  }
  return top;
}

/** Whether `from` was reached by way of `node`: then `node` waits for itself. */
function isOnWay(
  node: CallGraph,
  from: CallGraph,
  below: ReadonlyMap<CallGraph, CallGraph>,
): boolean {
  for (let at: CallGraph | undefined = from; at !== undefined;) {
    if (at === node) return true;
    at = below.get(at);
  }
  return false;
}
