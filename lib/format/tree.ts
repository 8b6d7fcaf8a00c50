// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeAt,
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  ArrayPrototypeSlice,
  ArrayPrototypeSome,
} from '../base/lists.js';
import { RegExpSplitIn } from '../base/patterns.js';
import { ArrayPrototypeJoin, ObjectEntries } from '../base/primordials.js';
import type { FormatOptions } from '../model/formats.js';
import type { Frame } from '../model/frame.js';
import type { Stack } from '../model/stack.js';
import { visibleFrames } from '../model/visible.js';
import { branchItems } from './branches.js';
import { createContext, type FormatContext, MAX_NESTING } from './context.js';
import {
  describeError,
  describeLeaf,
  describeLocal,
  describeValue,
  errorHeadline,
} from './describe.js';
import { type Item, leafItem, renderItems } from './items.js';
import {
  type Block,
  foldRepeats,
  isFolded,
  type LibraryRun,
  numberLabel,
  runBlock,
} from './folding.js';
import { describeLocation } from './location.js';
import { resolveFormatOptions } from './options.js';
import { redactSource } from '../redact/redact.js';
import { resourceItems } from './resources.js';
import { count, excerptSource } from './text.js';
import { wakerLines } from './wakers.js';
import { wholeStack, type WholeStack } from './whole-stack.js';

/** The tree of one stack with its heading; no newline at the end. */
export function formatStack(stack: Stack, options?: FormatOptions): string {
  const context = createContext(resolveFormatOptions(options));
  const of =
    stack.root === undefined
      ? ''
      : ` of ${context.clean(describeValue(stack.root))}`;
  const lines = [`asynctb.Stack${of} (most recent call last):`];
  renderStack(stack, '', 0, context, lines);
  return ArrayPrototypeJoin(lines, '\n');
}

/** Frames, leaves and error, each line behind `prefix`. */
export function renderStack(
  stack: Stack,
  prefix: string,
  depth: number,
  context: FormatContext,
  lines: string[],
): void {
  const { glyphs } = context;
  if (depth >= MAX_NESTING) {
    ArrayPrototypePush(
      lines,
      `${prefix}${glyphs.end}(nested more than ${MAX_NESTING} deep: not shown)`,
    );
    return;
  }
  const whole = wholeStack(stack, context);
  const { frames } = whole;
  const visible = visibleFrames(whole, context.options);
  let blocks = blocksOf(whole, visible, prefix, depth, context);
  if (context.foldsRepeats) {
    const depths = depth === 0 ? context.depths : null;
    blocks = foldRepeats(blocks, depths, prefix, context);
  }
  for (const block of blocks) ArrayPrototypePushAll(lines, block.lines);
  if (frames.length > 0 && visible.length === 0) {
    ArrayPrototypePush(
      lines,
      `${prefix}${glyphs.frame}(${count(frames.length, 'frame')} hidden)`,
    );
  }
  const tail = tailOf(whole, context);
  ArrayPrototypeForEach(tail, (entry, index) => {
    const last = index === tail.length - 1;
    ArrayPrototypePush(
      lines,
      `${prefix}${last ? glyphs.end : glyphs.frame}${entry[0] ?? ''}`,
    );
    const bar = last ? '  ' : glyphs.frameBar;
    for (const line of ArrayPrototypeSlice(entry, 1))
      ArrayPrototypePush(lines, prefix + bar + line);
  });
}

/** The visible frames, each with what hangs below it, and libraries folded if they are to be. */
function blocksOf(
  { frames, numbers }: WholeStack,
  visible: readonly Frame[],
  prefix: string,
  depth: number,
  context: FormatContext,
): readonly Block[] {
  const mixed = ArrayPrototypeSome(frames, ({ state }) => state !== 'running');
  const blocks: Block[] = [];
  let run: LibraryRun | null = null;
  let at = 0;
  let number: number | undefined;
  for (let index = 0; index < visible.length; index++) {
    const frame = visible[index] as Frame;
    number ??= numbers[at];
    for (; frames[at] !== frame && at < frames.length; at++)
      number ??= numbers[at + 1];
    const isInnermost = index === visible.length - 1;
    if (run !== null && number !== undefined) {
      ArrayPrototypePush(blocks, runBlock(run, blocks, prefix, context));
      run = null;
    }
    if (isFolded(frame, isInnermost, run, context)) {
      run ??= { at, frames: [], number };
      if (frame.kind !== 'combinator') ArrayPrototypePush(run.frames, frame);
    } else {
      if (run !== null)
        ArrayPrototypePush(blocks, runBlock(run, blocks, prefix, context));
      run = null;
      const lines: string[] = [];
      renderFrame(frame, mixed, number, prefix, depth, context, lines);
      ArrayPrototypePush(blocks, { at, frames: 1, lines });
    }
    number = undefined;
    at++;
  }
  if (run !== null)
    ArrayPrototypePush(blocks, runBlock(run, blocks, prefix, context));
  return blocks;
}

/** What is below the last frame: entries of one line or more, already clean. */
function tailOf(
  { frames, end, errors, reference }: WholeStack,
  context: FormatContext,
): string[][] {
  const { clean } = context;
  const tail = ArrayPrototypeMap(
    reference === null ? end.leaves : [],
    (leaf, at) =>
      ArrayConcat(
        [clean(describeLeaf(leaf, end))],
        at === 0 ? wakerLines(end.wait, context) : [],
      ),
  );
  if (reference !== null) ArrayPrototypePush(tail, [clean(reference)]);
  for (const error of errors)
    ArrayPrototypePush(tail, errorLines(error, context));
  if (tail.length === 0 && frames.length === 0)
    ArrayPrototypePush(tail, ['(no frames)']);
  return tail;
}

export function errorLines(error: Error, context: FormatContext): string[] {
  const summary = describeError(error);
  const head = cleanLines(errorHeadline(summary), context);
  const parts = ArrayPrototypeFlatMap(summary.errors, (part) =>
    ArrayPrototypeMap(
      cleanLines(errorHeadline(part), context),
      (line, index) => (index === 0 ? `- ${line}` : `  ${line}`),
    ),
  );
  return ArrayConcat([head[0] ?? ''], ArrayPrototypeSlice(head, 1), parts);
}

function cleanLines(text: string, context: FormatContext): string[] {
  return ArrayPrototypeMap(RegExpSplitIn(text, /\r?\n/), (line) =>
    context.clean(line),
  );
}

function renderFrame(
  frame: Frame,
  mixed: boolean,
  number: number | undefined,
  prefix: string,
  depth: number,
  context: FormatContext,
  lines: string[],
): void {
  const { clean, glyphs, options } = context;
  ArrayPrototypePush(
    lines,
    prefix +
      glyphs.frame +
      clean(describeLocation(frame, options.cwd, mixed)) +
      numberLabel(number),
  );
  const items: Item[] = [];
  const resources = options.showResources ? frame.resources : [];
  const shown = ArrayPrototypeFilter(
    resources,
    (resource) => !resource.hide || options.showHiddenFrames,
  );
  ArrayPrototypePushAll(
    items,
    resourceItems(shown, depth, context, renderStack),
  );
  if (options.locals) ArrayPrototypePushAll(items, localItems(frame, context));
  // The line of a resource that is being left is the line the frame stands at.
  const replaced = ArrayPrototypeAt(shown, -1)?.isExiting === true;
  if (!replaced) {
    const source = sourceLine(frame, context);
    if (source !== '') ArrayPrototypePush(items, leafItem(source));
  }
  if (frame.note !== null)
    ArrayPrototypePush(items, leafItem(clean(`(${frame.note})`)));
  ArrayPrototypePushAll(items, branchItems(frame, depth, context, renderStack));
  renderItems(items, prefix + glyphs.frameBar, context, lines);
}

function sourceLine(frame: Frame, context: FormatContext): string {
  const { options, glyphs, clean } = context;
  if (frame.lineText === '') return '';
  if (frame.hideLine && !options.showHiddenFrames) return '';
  return clean(
    excerptSource(
      redactSource(frame.lineText),
      frame.columnNumber,
      glyphs.ellipsis,
    ),
  );
}

function localItems(frame: Frame, context: FormatContext): Item[] {
  if (frame.locals === null) return [];
  return ArrayPrototypeMap(
    ObjectEntries(frame.locals),
    ({ 0: name, 1: value }) =>
      leafItem(context.clean(`${name} = ${describeLocal(name, value)}`)),
  );
}
