// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap, ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  GlobalSet,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import type { CallGraph } from '../model/call-graph.js';
import type { FormatOptions } from '../model/formats.js';
import { visibleFrames } from '../model/visible.js';
import { addOmitted } from './branches.js';
import { createContext, type FormatContext, MAX_NESTING } from './context.js';
import { describeValue } from './describe.js';
import { type Item, renderItems } from './items.js';
import { describeLocation } from './location.js';
import { resolveFormatOptions } from './options.js';
import { count } from './text.js';
import { renderStack } from './tree.js';

/**
 * Who waits for whom, from the inside out. A single awaiter follows at the same level, so that a
 * long chain stays a straight one; several become branches.
 */
export function formatCallGraph(
  graph: CallGraph,
  options?: FormatOptions,
): string {
  const context = createContext(resolveFormatOptions(options));
  const of = context.clean(describeValue(graph.root));
  const lines = [`asynctb.CallGraph of ${of} (innermost first):`];
  renderGraph(graph, '', 0, context, new GlobalSet(), lines);
  return ArrayPrototypeJoin(lines, '\n');
}

/** `shown`: what several tasks wait for alike is printed once, or diamonds would multiply. */
function renderGraph(
  graph: CallGraph,
  prefix: string,
  depth: number,
  context: FormatContext,
  shown: Set<CallGraph>,
  lines: string[],
): void {
  if (depth >= MAX_NESTING) {
    ArrayPrototypePush(
      lines,
      `${prefix}(nested more than ${MAX_NESTING} deep: not shown)`,
    );
    return;
  }
  let node = graph;
  for (;;) {
    if (SetPrototypeHas(shown, node)) {
      ArrayPrototypePush(lines, prefix + repeatedLine(node, context));
      return;
    }
    SetPrototypeAdd(shown, node);
    renderStack(node.stack, prefix, depth, context, lines);
    if (node.cyclic) {
      ArrayPrototypePush(lines, `${prefix}(a cycle: it waits for itself)`);
      return;
    }
    const { 0: awaiter } = node.awaitedBy;
    if (node.awaitedBy.length + node.omitted > 1) break;
    if (awaiter === undefined) {
      if (node.omitted > 0)
        ArrayPrototypePush(lines, `${prefix}awaited by 1 task, not shown`);
      return;
    }
    ArrayPrototypePush(lines, `${prefix}awaited by`);
    node = awaiter;
  }
  const total = node.awaitedBy.length + node.omitted;
  ArrayPrototypePush(lines, `${prefix}awaited by ${count(total, 'task')}`);
  const items = ArrayPrototypeMap(node.awaitedBy, (awaiter): Item => ({
    text: '',
    isBranch: true,
    below: (below, out) =>
      renderGraph(awaiter, below, depth + 1, context, shown, out),
  }));
  addOmitted(items, node.omitted);
  renderItems(items, prefix, context, lines);
}

function repeatedLine(node: CallGraph, context: FormatContext): string {
  const { 0: frame } = visibleFrames(node.stack, context.options);
  const what =
    frame === undefined
      ? describeValue(node.root)
      : describeLocation(frame, context.options.cwd);
  return `${context.glyphs.frame}${context.clean(what)} (shown above)`;
}
