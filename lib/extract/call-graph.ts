// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { elaborateFrames } from '../glue/suspended.js';
import { CallGraph } from '../model/call-graph.js';
import { AsynctbError } from '../model/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import { directAwaiters } from './awaiters.js';
import { extractAll } from './extract.js';
import {
  type ExtractOptions,
  type ResolvedOptions,
  resolveOptions,
} from './options.js';
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
  if (target === undefined) {
    return graphOf(
      ...runningTask(resolved, callGraph as AnyFunction),
      resolved,
    );
  }
  const alone = { ...resolved, awaiters: false };
  const [stack] = extractAll([target], alone, callGraph);
  return graphOf(target, stack as Stack, resolved);
}

/** Breadth first without recursion; who is met again by another way is the same node. */
function graphOf(
  target: unknown,
  stack: Stack,
  options: ResolvedOptions,
): CallGraph {
  const top = new CallGraph(target, stack);
  const nodes = new Map<unknown, CallGraph>([[target, top]]);
  const below = new Map<CallGraph, CallGraph>();
  const todo = [top];
  for (const node of todo) {
    for (const { frame, root, input } of directAwaiters(node.root, options)) {
      const known = nodes.get(root);
      const cyclic = known !== undefined && isOnWay(known, node, below);
      if (known !== undefined && !cyclic) {
        node.awaitedBy.push(known);
        continue;
      }
      if (todo.length > options.maxFrames) {
        node.stack.error ??= new AsynctbError(
          'ERR_ASYNCTB_MAX_FRAMES',
          `more than ${options.maxFrames} awaiters: the rest is not shown (option maxFrames)`,
        );
        return top;
      }
      elaborateFrames([frame], options, callGraph as AnyFunction);
      const frames = new Stack(root, [frame], [], null, input);
      const awaiter = new CallGraph(root, frames, [], cyclic);
      node.awaitedBy.push(awaiter);
      if (cyclic) continue;
      if (root !== null) nodes.set(root, awaiter);
      below.set(awaiter, node);
      todo.push(awaiter);
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
