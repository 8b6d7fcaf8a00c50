// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush, ArrayPrototypeSlice } from '../base/lists.js';
import { StringPrototypeStartsWith } from '../base/primordials.js';
import type { WaitReason, Waker } from '../model/wait-reason.js';
import type { FormatContext } from './context.js';
import { displayPath, joinPosition } from './location.js';
import { groupDigits } from './text.js';

/** So many are named. */
const MOST_WAKERS = 3;

/** `refresh, src/quotes.ts:22` */
export function wakerName(
  { functionName, scriptName, lineNumber }: Waker,
  { options }: FormatContext,
): string {
  const path = displayPath(scriptName, options.cwd);
  const where = joinPosition(path, lineNumber, null);
  const name = functionName === '' ? '<anonymous>' : functionName;
  return where === '' ? name : `${name}, ${where}`;
}

/** Below a leaf: who could go on and let its task go on, too. */
export function wakerLines(
  wait: WaitReason | null,
  context: FormatContext,
): string[] {
  // The reason itself says so.
  if (
    wait === null ||
    StringPrototypeStartsWith(wait.text, 'may be settled by')
  )
    return [];
  const lines: string[] = [];
  for (const waker of ArrayPrototypeSlice(wait.wakers, 0, MOST_WAKERS)) {
    const { variable, count, sure } = waker;
    const by = variable === null ? '' : ` (by ${variable})`;
    const times = count > 1 ? `, ${groupDigits(count)} ×` : '';
    const may = sure ? 'settled' : 'may be released';
    ArrayPrototypePush(
      lines,
      context.clean(`  ${may} by ${wakerName(waker, context)}${by}${times}`),
    );
  }
  const more = wait.wakers.length - lines.length;
  if (more > 0) ArrayPrototypePush(lines, `  or by ${groupDigits(more)} more`);
  return lines;
}
