// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { GlobalMap } from '../base/primordials.js';
import type { Depths } from '../model/dump.js';
import type { Resource } from '../model/resource.js';
import type { Stack } from '../model/stack.js';
import type { ResolvedFormatOptions } from './options.js';
import { escapeText } from './text.js';

/** Each glyph is as wide as its counterpart, so that both forms line up alike. */
interface Glyphs {
  readonly frame: string;
  readonly frameBar: string;
  readonly end: string;
  readonly item: string;
  readonly lastItem: string;
  readonly itemBar: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly branchBar: string;
  readonly ellipsis: string;
  readonly times: string;
}

const UNICODE: Glyphs = {
  frame: '╠ ',
  frameBar: '║ ',
  end: '╚ ',
  item: '├ ',
  lastItem: '└ ',
  itemBar: '│ ',
  branch: '├── ',
  lastBranch: '└── ',
  branchBar: '│   ',
  ellipsis: '…',
  times: '×',
};

const ASCII: Glyphs = {
  frame: '+ ',
  frameBar: '| ',
  end: '` ',
  item: '- ',
  lastItem: '` ',
  itemBar: '| ',
  branch: '|-- ',
  lastBranch: '`-- ',
  branchBar: '|   ',
  ellipsis: '...',
  times: 'x',
};

/** Deeper than anybody reads; what bounds the recursion of the formatters. */
export const MAX_NESTING = 100;

/** What every part of one print-out shares. */
export interface FormatContext {
  readonly options: ResolvedFormatOptions;
  readonly glyphs: Glyphs;
  /** Whatever comes from the program goes through here. */
  readonly clean: (text: string) => string;
  /** Frames of libraries become one line. */
  readonly foldsLibraries: boolean;
  /** Frames that repeat stand there once. */
  readonly foldsRepeats: boolean;
  /** What of the thread has been printed and may be led to again: its number, by its id. */
  readonly printed: Map<number, number>;
  /** Of the group that is printed; see `TaskGroup`. */
  readonly depths: Depths | null;
}

export function createContext(
  options: ResolvedFormatOptions,
  foldsRepeats = !options.showLibraryFrames,
): FormatContext {
  const { asciiOnly } = options;
  return {
    options,
    glyphs: asciiOnly ? ASCII : UNICODE,
    clean: (text) => escapeText(text, asciiOnly),
    foldsLibraries: !options.showLibraryFrames,
    foldsRepeats,
    printed: new GlobalMap(),
    depths: null,
  };
}

export function isStack(child: Resource | Stack): child is Stack {
  return 'frames' in child;
}
