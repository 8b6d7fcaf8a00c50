// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * The plain data that the native side hands over. The numbers are shared with
 * `native/base/capture.h`; nothing here holds a reference into the program.
 */

export const FRAME_KINDS = [
  'function',
  'generator',
  'async-function',
  'async-generator',
  'module',
  'callback',
  'wasm',
  'native',
] as const;

export const FRAME_STATES = ['running', 'suspended', 'not-started'] as const;

export const COMBINATORS = [
  'Promise.all',
  'Promise.allSettled',
  'Promise.any',
  'Promise.race',
  'import',
  'new Promise',
  'settled by one of',
  'Array.fromAsync',
] as const;

/**
 * A place in the program: lines and columns are 1-based, 0 when unknown. `script` is V8's number
 * of a script that names a source map, else 0; it means something in its own thread only.
 */
export type RawSite = readonly [
  functionName: string,
  scriptName: string,
  line: number,
  column: number,
  lineText: string,
  kind: number,
  state: number,
  script?: number,
  /** As `functionId` gives it; '' or missing when unknown. */
  functionId?: string,
  /** `MARK_HIDE` and the like; missing: none. */
  marks?: number,
  /** Where the script's text holds the place, and where its function begins; -1 when unknown. */
  scriptId?: number,
  offset?: number,
  functionOffset?: number,
  /** The line and column of `offset`, which V8 gave; 0 or missing: those above. */
  offsetLine?: number,
  offsetColumn?: number,
  /**
   * With a source map: the text in the function's line before its parameters, and the line and
   * column behind that; '' and 0, or missing, when unknown.
   */
  functionHead?: string,
  functionLine?: number,
  functionColumn?: number,
];

/** V8's number of a script, and what it says of its source map; null: that was too long to be copied. */
export type RawSourceMap = readonly [script: number, url: string | null];

export const MARK_HIDE = 1;
export const MARK_HIDE_LINE = 2;
/** The functions there were given more names of their own than are told apart. */
export const MARK_SEVERAL_NAMES = 4;
/** The text at the place awaits a call of `Promise.race`: put there by the addon. */
export const MARK_AWAITS_RACE = 8;

export const NODE_FRAME = 0;
export const NODE_COMBINATOR = 1;
export const NODE_LEAF = 2;
export const NODE_CYCLE = 3;
export const NODE_READY = 4;
/** The stack goes on, deeper than any is shown. */
export const NODE_CUT = 5;
export const NODE_COLLECTED = 6;

/**
 * The total of a combinator without branches: what it waits for is its `next`. Whether it is a
 * `Promise.race` of one promise, or only a resolve function that was handed on, is told by the
 * text of the frame that awaits it.
 */
export const PERHAPS_RACE = -1;

/** Words of one node in `RawThread.nodes`: type, payload, next, branchesBegin, branchesCount, total. */
export const NODE_STRIDE = 6;
/** Words of one entry in `RawThread.branches`: index (-1: unknown), node. */
export const BRANCH_STRIDE = 2;
/** Words of one entry in `RawThread.groups`: count, node. */
export const GROUP_STRIDE = 2;

/** One thread's answer to a dump. */
export interface RawThread {
  threadId: number;
  name: string;
  status: 'ok' | 'timed-out' | 'exited' | 'not-registered';
  /** Null where nothing is known of it: a thread that has gone, or that could not be asked. */
  activity: 'running' | 'idle' | 'blocked-in-native' | null;
  /** Site indices of the running stack, outermost first; null when nothing runs. */
  running: Int32Array | null;
  sites: RawSite[];
  /** Of the sites' scripts; missing where they can still be asked for. */
  sourceMaps?: RawSourceMap[];
  nodes: Int32Array;
  branches: Int32Array;
  groups: Int32Array;
  taskCount: number;
  stats: {
    heapObjects: number;
    activations: number;
    promises: number;
    pauseMs: number;
    waitMs: number;
  };
  errors: [code: string, message: string][];
  /**
   * When locals were asked for: a node's variables by name, described; undefined: none. Each group's
   * nodes are then those of one of its tasks.
   */
  locals?: (Record<string, unknown> | undefined)[];
}

/** What a dump knows of its process. */
export interface RawProcess {
  pid: number;
  node: string;
  v8: string;
  platform: string;
  arch: string;
  argv: string[];
  /** What the process has put in the place of its command line; empty or missing: nothing. */
  title?: string;
  uptimeMs: number;
}
