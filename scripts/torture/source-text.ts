// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Position } from './model';

/** Stands in the text of a program where a frame will be: `mark(3)`. */
export function mark(number: number): string {
  return `\u0001${number}\u0002`;
}

/** The text without its marks, and where each of them was. */
export function takeMarks(marked: string): {
  text: string;
  positions: Position[];
} {
  const positions: Position[] = [];
  const lines = marked.split('\n').map((line, index) => {
    let rest = line;
    for (;;) {
      const found = /\u0001(\d+)\u0002/.exec(rest);
      if (found === null) return rest;
      positions[Number(found[1])] = {
        line: index + 1,
        column: found.index + 1,
      };
      rest =
        rest.slice(0, found.index) + rest.slice(found.index + found[0].length);
    }
  });
  return { text: lines.join('\n'), positions };
}
