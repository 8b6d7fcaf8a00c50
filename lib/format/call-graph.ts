// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { CallGraph } from '../model/call-graph.js';
import { isFrameVisible } from '../model/visible.js';
import { addOmitted } from './branches.js';
import { createContext, type FormatContext, MAX_NESTING } from './context.js';
import { describeValue } from './describe.js';
import { type Item, renderItems } from './items.js';
import { describeLocation } from './location.js';
import { type FormatOptions, resolveFormatOptions } from './options.js';
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
  renderGraph(graph, '', 0, context, new Set(), lines);
  return lines.join('\n');
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
    lines.push(`${prefix}(nested more than ${MAX_NESTING} deep: not shown)`);
    return;
  }
  let node = graph;
  for (;;) {
    if (shown.has(node)) {
      lines.push(prefix + repeatedLine(node, context));
      return;
    }
    shown.add(node);
    renderStack(node.stack, prefix, depth, context, lines);
    if (node.cyclic) {
      lines.push(`${prefix}(a cycle: it waits for itself)`);
      return;
    }
    const [awaiter] = node.awaitedBy;
    if (node.awaitedBy.length + node.omitted > 1) break;
    if (awaiter === undefined) {
      if (node.omitted > 0) lines.push(`${prefix}awaited by 1 task, not shown`);
      return;
    }
    lines.push(`${prefix}awaited by`);
    node = awaiter;
  }
  const total = node.awaitedBy.length + node.omitted;
  lines.push(`${prefix}awaited by ${count(total, 'task')}`);
  const items = node.awaitedBy.map((awaiter): Item => ({
    text: '',
    isBranch: true,
    below: (below, out) =>
      renderGraph(awaiter, below, depth + 1, context, shown, out),
  }));
  addOmitted(items, node.omitted);
  renderItems(items, prefix, context, lines);
}

function repeatedLine(node: CallGraph, context: FormatContext): string {
  const frame = node.stack.frames.find((candidate) =>
    isFrameVisible(candidate, context.options),
  );
  const what =
    frame === undefined
      ? describeValue(node.root)
      : describeLocation(frame, context.options.cwd);
  return `${context.glyphs.frame}${context.clean(what)} (shown above)`;
}
