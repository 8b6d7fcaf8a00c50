// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypeJoin,
  GlobalMap,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { Depths } from '../model/dump.js';
import type { Frame } from '../model/frame.js';
import type { FormatContext } from './context.js';
import { packageOf } from './package-name.js';
import { count, groupDigits } from './text.js';

/** The lines of one frame, or of several that are folded. */
export interface Block {
  /** Index of its first frame. */
  readonly at: number;
  /** How many frames it stands for. */
  readonly frames: number;
  readonly lines: string[];
}

/** Frames of libraries, one below the other. */
export interface LibraryRun {
  readonly at: number;
  readonly frames: Frame[];
  readonly number: number | undefined;
}

/** Whether a frame becomes part of the line that stands for a run of frames of libraries. */
export function isFolded(
  frame: Frame,
  isInnermost: boolean,
  run: LibraryRun | null,
  { foldsLibraries, options }: FormatContext,
): boolean {
  if (!foldsLibraries || frame.hasBranches || frame.isLimited) return false;
  // It belongs to whoever called it.
  if (frame.kind === 'combinator') return run !== null;
  // Where a thread is right now is what it was asked for.
  if (isInnermost && frame.state === 'running') return false;
  if (options.showResources && frame.hasResources) return false;
  return frame.site.origin === 'library';
}

/** The line for a run. */
export function runBlock(
  { at, frames, number }: LibraryRun,
  above: readonly Block[],
  prefix: string,
  context: FormatContext,
): Block {
  const { glyphs } = context;
  const begin = above.length === 0 ? glyphs.frame : `${glyphs.frameBar}  `;
  const line = libraryLine(frames, context) + numberLabel(number);
  return { at, frames: frames.length, lines: [prefix + begin + line] };
}

/** How a frame is marked that others refer to. */
export function numberLabel(number: number | undefined): string {
  return number === undefined ? '' : ` (#${number})`;
}

/** `… 3 frames in pg-pool, 2 in pg` */
function libraryLine(
  frames: readonly Frame[],
  { clean, glyphs }: FormatContext,
): string {
  const counts = new GlobalMap<string, number>();
  for (const { scriptName } of frames) {
    const name = packageOf(scriptName);
    MapPrototypeSet(counts, name, (MapPrototypeGet(counts, name) ?? 0) + 1);
  }
  const parts: string[] = [];
  MapPrototypeForEach(counts, (number, name) => {
    const what =
      parts.length === 0 ? count(number, 'frame') : groupDigits(number);
    ArrayPrototypePush(parts, `${what} in ${clean(name)}`);
  });
  return `${glyphs.ellipsis} ${ArrayPrototypeJoin(parts, ', ')}`;
}

/** Blocks that follow each other so often are not printed each time. */
const FEWEST_ROUNDS = 3;
/** So many blocks may be a round. */
const LONGEST_ROUND = 8;

/** Blocks of the list that are there several times in a row. */
interface Rounds {
  readonly begin: number;
  readonly length: number;
  readonly times: number;
}

/** How often blocks repeat is said behind the first of them, or below the last one if they are several. */
export function foldRepeats(
  blocks: readonly Block[],
  depths: Depths | null,
  prefix: string,
  context: FormatContext,
): readonly Block[] {
  const found = roundsOf(blocks);
  if (found.length === 0) return blocks;
  const range = found.length === 1 ? depths : null;
  const folded: Block[] = [];
  let at = 0;
  for (const rounds of found) {
    for (; at < rounds.begin + rounds.length; at++)
      ArrayPrototypePush(folded, blocks[at] as Block);
    const size = framesIn(blocks, rounds);
    const least =
      range === null
        ? rounds.times
        : rounds.times - (range.most - range.least) / size;
    markRounds(folded, rounds, least, prefix, context);
    at = rounds.begin + rounds.length * rounds.times;
  }
  for (; at < blocks.length; at++)
    ArrayPrototypePush(folded, blocks[at] as Block);
  return folded;
}

function framesIn(blocks: readonly Block[], { begin, length }: Rounds): number {
  return (blocks[begin + length]?.at ?? 0) - (blocks[begin]?.at ?? 0);
}

function markRounds(
  folded: readonly Block[],
  { length, times }: Rounds,
  least: number,
  prefix: string,
  { glyphs }: FormatContext,
): void {
  const isRange = least > 0 && least < times && least % 1 === 0;
  const often = isRange
    ? `${groupDigits(least)} to ${groupDigits(times)}`
    : groupDigits(times);
  const lines = folded[folded.length - 1]?.lines ?? [];
  if (length === 1) {
    lines[0] = `${lines[0] ?? ''} ${glyphs.times} ${often}`;
    return;
  }
  let shown = 0;
  for (let index = folded.length - length; index < folded.length; index++)
    shown += folded[index]?.frames ?? 0;
  ArrayPrototypePush(
    lines,
    `${prefix}${glyphs.frameBar}  (the ${groupDigits(shown)} frames above ${glyphs.times} ${often})`,
  );
}

function roundsOf(blocks: readonly Block[]): Rounds[] {
  const found: Rounds[] = [];
  for (let begin = 0; begin < blocks.length;) {
    const rounds = roundsAt(blocks, begin);
    if (rounds === null) {
      begin++;
      continue;
    }
    ArrayPrototypePush(found, rounds);
    begin += rounds.length * rounds.times;
  }
  return found;
}

function roundsAt(blocks: readonly Block[], begin: number): Rounds | null {
  for (let length = 1; length <= LONGEST_ROUND; length++) {
    let times = 1;
    while (isRound(blocks, begin, begin + times * length, length)) times++;
    if (times >= FEWEST_ROUNDS) return { begin, length, times };
  }
  return null;
}

function isRound(
  blocks: readonly Block[],
  first: number,
  other: number,
  length: number,
): boolean {
  if (other + length > blocks.length) return false;
  for (let index = 0; index < length; index++) {
    const a = blocks[first + index]?.lines ?? [];
    const b = blocks[other + index]?.lines ?? [];
    if (a.length !== b.length) return false;
    for (let line = 0; line < a.length; line++)
      if (a[line] !== b[line]) return false;
  }
  return true;
}
