// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeFlat,
  ArrayPrototypePush,
  MapFrom,
} from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeSet,
  MathMax,
  MathMin,
} from '../base/primordials.js';
import { elaborateFrames } from './suspended.js';
import type { CallGraphJson } from '../model/json.js';
import { CallGraph } from '../model/call-graph.js';
import { joinErrors } from '../base/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { Stack } from '../model/stack.js';
import type { Awaiter, AwaiterList } from './awaiters.js';
import { elaborateFound, extractAll, prepareHooks } from './extract.js';
import { elaborateFromInside } from './frame-rules.js';
import {
  awaitersOf,
  cutAwaiters,
  MOST_COUNTED,
  ownFrame,
  tooManyAwaiters,
} from './linked-awaiters.js';
import {
  type ExtractOptions,
  type ResolvedOptions,
  resolveOptions,
} from '../base/options.js';
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
      const { 0: root, 1: found } = runningTask(resolved, entry);
      elaborateFrames(found.frames, resolved, entry);
      return graphOf(root, elaborateFound(found, resolved, entry), session);
    }
    const alone = { ...resolved, awaiters: false };
    const { 0: stack } = extractAll([target], alone, entry);
    return graphOf(target, stack as Stack, session);
  });
}

/** For another thread: who waits for an item of this one, without the item's own frames. */
export function awaitersAsJson(
  item: unknown,
  options: ResolvedOptions,
): CallGraphJson {
  const session = newSession(options, awaitersAsJson);
  return inSession(session, () => {
    prepareHooks();
    return graphOf(item, new Stack(item), session).toJSON();
  });
}

/** Where an awaiter that has no room left is the same as one that was met, so many are looked at. */
const LEAST_ASKED = 16;
/** So many times as many edges as nodes: what waits for several is shown with each of them. */
const EDGES_A_NODE = 4;

/** Breadth first without recursion; who is met again by another way is the same node. */
function graphOf(target: unknown, stack: Stack, session: Session): CallGraph {
  const top = new CallGraph(target, stack);
  const way: Way = {
    session,
    nodes: MapFrom([[target, top]]),
    below: new GlobalMap(),
    todo: [top],
    known: new GlobalMap(),
    left: session.options.maxFrames,
    edges: session.options.maxFrames * EDGES_A_NODE,
    toCount: MOST_COUNTED,
    omitted: 0,
  };
  // It grows while this goes on.
  for (let i = 0; i < way.todo.length; i++) {
    addAwaiters(way.todo[i] as CallGraph, way);
  }
  if (way.omitted > 0) {
    const { maxFrames } = session.options;
    const cut = tooManyAwaiters(maxFrames, way.omitted);
    top.stack.error = joinErrors(
      ArrayPrototypeFlat([top.stack.error ?? [], cut]),
    );
  }
  return top;
}

interface Way {
  readonly session: Session;
  readonly nodes: Map<unknown, CallGraph>;
  readonly below: Map<CallGraph, CallGraph>;
  readonly todo: CallGraph[];
  readonly known: Map<CallGraph, AwaiterList>;
  /** How many nodes and edges may still be made, and how many awaiters counted. */
  left: number;
  edges: number;
  toCount: number;
  omitted: number;
}

/** Nodes for those who wait for `node`, as far as there is room; the rest is counted. */
function addAwaiters(node: CallGraph, way: Way): void {
  const { options } = way.session;
  if (way.left <= 0 && way.toCount <= 0) return;
  const { 0: first = node.stack.leaves[0] } = node.stack.frames;
  const own = ownFrame(node.root, first);
  const known = MapPrototypeGet(way.known, node);
  const errors: Error[] = [];
  let shown = 0;
  let total = 0;
  for (let isFull = false; !isFull;) {
    const range = {
      skip: shown,
      limit: MathMin(MathMax(way.left, LEAST_ASKED), way.edges),
    };
    const found =
      known === undefined
        ? awaitersOf(node.root, own, range, options, shown > 0 ? [] : errors)
        : cutAwaiters(known, range);
    ({ total } = found);
    for (const awaiter of found.awaiters) {
      isFull = !addAwaiter(node, first, awaiter, way);
      if (isFull) break;
      shown++;
    }
    isFull ||= shown >= total || way.edges <= 0 || found.awaiters.length === 0;
  }
  way.toCount -= total;
  node.omitted = total - shown;
  way.omitted += node.omitted;
  if (errors.length > 0) {
    node.stack.error = joinErrors(
      ArrayPrototypeFlat([node.stack.error ?? [], errors]),
    );
  }
}

/** False when there is no room for it. */
function addAwaiter(
  node: CallGraph,
  first: unknown,
  awaiter: Awaiter,
  way: Way,
): boolean {
  const { nodes, below, todo, known, session } = way;
  const { frame, inner, root, input, above } = awaiter;
  if (way.edges <= 0) return false;
  const before = MapPrototypeGet(nodes, root);
  const cyclic =
    awaiter.cyclic === true ||
    (before !== undefined && isOnWay(before, node, below));
  if (before !== undefined && !cyclic) {
    way.edges--;
    ArrayPrototypePush(node.awaitedBy, before);
    return true;
  }
  if (way.left <= 0) return false;
  way.left--;
  way.edges--;
  elaborateFrames([frame], session.options, session.entry);
  const { 0: inside = first } = inner;
  const error = joinErrors(elaborateFromInside(frame, inside, session));
  const found = new Stack(root, ArrayConcat([frame], inner), [], error, input);
  const next = new CallGraph(root, found, [], cyclic);
  ArrayPrototypePush(node.awaitedBy, next);
  if (cyclic) return true;
  if (root !== null) MapPrototypeSet(nodes, root, next);
  if (above !== undefined) MapPrototypeSet(known, next, above);
  MapPrototypeSet(below, next, node);
  ArrayPrototypePush(todo, next);
  return true;
}

/** Whether `from` was reached by way of `node`: then `node` waits for itself. */
function isOnWay(
  node: CallGraph,
  from: CallGraph,
  below: ReadonlyMap<CallGraph, CallGraph>,
): boolean {
  for (let at: CallGraph | undefined = from; at !== undefined;) {
    if (at === node) return true;
    at = MapPrototypeGet(below, at);
  }
  return false;
}
