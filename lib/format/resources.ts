// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeFlatMap,
  ArrayPrototypeMap,
  ArrayPrototypePush,
} from '../base/lists.js';
import { ArrayPrototypeJoin } from '../base/primordials.js';
import type { Resource } from '../model/resource.js';
import { redactSource } from '../redact/redact.js';
import { type FormatContext, isStack, MAX_NESTING } from './context.js';
import { describeLocal, describeValue } from './describe.js';
import { type Item, leafItem, renderItems, type RenderStack } from './items.js';

/** One item a resource; its inner stack and its children hang below. */
export function resourceItems(
  resources: readonly Resource[],
  depth: number,
  context: FormatContext,
  render: RenderStack,
): Item[] {
  return ArrayPrototypeMap(resources, (resource) => ({
    text: context.clean(describeResource(resource)),
    isBranch: false,
    below:
      resource.innerStack === null && resource.children.length === 0
        ? null
        : (prefix, lines) =>
            renderInside(resource, prefix, depth + 1, context, render, lines),
  }));
}

/** `using tx = await db.begin()  // tx: Transaction (line 28)` */
export function describeResource(resource: Resource): string {
  const { name, lineNumber } = resource;
  const keyword = resource.isAsync ? 'await using' : 'using';
  const source = redactSource(
    resource.description ?? (name === null ? keyword : `${keyword} ${name}`),
  );
  const facts = ArrayConcat(
    lineNumber === null ? [] : [`line ${lineNumber}`],
    resource.isExiting ? ['exiting'] : [],
  );
  const label = name === null ? '' : `${name}: `;
  const value = describeLocal(name ?? '', resource.value);
  const where =
    facts.length === 0 ? '' : ` (${ArrayPrototypeJoin(facts, ', ')})`;
  // Only a keyword: there is no code that two blanks would set the comment off from.
  const gap = source === keyword ? ' ' : '  ';
  return `${source}${gap}// ${label}${value}${where}`;
}

function renderInside(
  resource: Resource,
  prefix: string,
  depth: number,
  context: FormatContext,
  render: RenderStack,
  lines: string[],
): void {
  if (depth >= MAX_NESTING) {
    ArrayPrototypePush(
      lines,
      `${prefix}(nested more than ${MAX_NESTING} deep: not shown)`,
    );
    return;
  }
  if (resource.innerStack !== null) {
    render(resource.innerStack, prefix, depth, context, lines);
  }
  const items = ArrayPrototypeFlatMap(resource.children, (child): Item[] => {
    if (!isStack(child)) {
      return child.hide && !context.options.showHiddenFrames
        ? []
        : resourceItems([child], depth, context, render);
    }
    const text =
      child.root === undefined ? '' : context.clean(describeValue(child.root));
    if (
      child.frames.length === 0 &&
      child.leaves.length === 0 &&
      child.error === null
    ) {
      return [leafItem(text === '' ? '(no frames)' : text)];
    }
    return [
      {
        text,
        isBranch: true,
        below: (below, out) => render(child, below, depth, context, out),
      },
    ];
  });
  renderItems(items, prefix, context, lines);
}
