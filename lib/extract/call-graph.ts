// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

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
  return arguments.length === 0 || target === undefined
    ? graphOf(...runningTask(resolved, callGraph as AnyFunction), resolved)
    : graphOf(
        target,
        extractAll([target], { ...resolved, awaiters: false }, callGraph)[0] ??
          new Stack(target),
        resolved,
      );
}

/** Breadth first without recursion; each awaiter is followed once, and marked when met again. */
function graphOf(
  target: unknown,
  stack: Stack,
  options: ResolvedOptions,
): CallGraph {
  const top = new CallGraph(target, stack);
  const followed = new Set<unknown>([target]);
  const path = new Map<CallGraph, CallGraph | null>([[top, null]]);
  const todo = [top];
  for (const node of todo) {
    for (const { frame, root, input } of directAwaiters(
      node.root,
      options.locals,
    )) {
      if (path.size > options.maxFrames) {
        node.stack.error ??= new AsynctbError(
          'ERR_ASYNCTB_MAX_FRAMES',
          `more than ${options.maxFrames} awaiters: the rest is not shown (option maxFrames)`,
        );
        return top;
      }
      const cyclic =
        root !== null && followed.has(root) && isAbove(root, node, path);
      const awaiter = new CallGraph(
        root,
        new Stack(root, [frame], [], null, input),
        [],
        cyclic,
      );
      node.awaitedBy.push(awaiter);
      path.set(awaiter, node);
      if (root === null || cyclic || followed.has(root)) continue;
      followed.add(root);
      todo.push(awaiter);
    }
  }
  return top;
}

function isAbove(
  root: object,
  from: CallGraph,
  path: Map<CallGraph, CallGraph | null>,
): boolean {
  for (let node: CallGraph | null = from; node !== null; ) {
    if (node.root === root) return true;
    node = path.get(node) ?? null;
  }
  return false;
}
