// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What crosses from the addon to here, defined once. The types in `capture.ts` are derived from it, and
 * `npm run generate` writes the C++ headers: `native/base/capture_schema.h` (numbers and words) and
 * `native/values/capture_rows.h` (tables and records). `npm run lint` fails when those are not the same.
 */

/** The forms of a frame's function, by number. */
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

export const THREAD_STATUSES = [
  'ok',
  'timed-out',
  'exited',
  'not-registered',
] as const;

export const THREAD_ACTIVITIES = [
  'running',
  'idle',
  'blocked-in-native',
] as const;

/** What waits for several promises, by number; `CombinatorKind` names the same in that order. */
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

export const CombinatorKind = {
  all: 0,
  allSettled: 1,
  any: 2,
  race: 3,
  /** An import that waits for several modules. */
  modules: 4,
  /** One `resolve` function that the program has handed to several promises. */
  resolve: 5,
  /** Several activations that hold the promise's `resolve` or `reject`. */
  settlers: 6,
  /** Waits for one promise after the other. */
  fromAsync: 7,
} as const;

export const NodeType = {
  /** Its payload is an index into the sites. */
  frame: 0,
  /** Its payload is a `CombinatorKind`. */
  combinator: 1,
  /** A pending promise that nothing found is going to settle. */
  leaf: 2,
  /** The chain has come back to a frame above. */
  cycle: 3,
  /** What was awaited has settled: only the microtask is missing. */
  ready: 4,
  /** The stack goes on, deeper than any is shown. */
  cut: 5,
  /** What was awaited is gone, and no microtask waits for its turn. */
  collected: 6,
} as const;

/** What is said of a site; several may be. The first two are what hooks have said. */
export const SiteMark = {
  hide: 1,
  hideLine: 2,
  /** The functions there were given more names of their own than are told apart. */
  severalNames: 4,
  /** The text at the place awaits a call of `Promise.race`. */
  awaitsRace: 8,
} as const;

/**
 * The total of a combinator without branches: what it waits for is its `next`. Whether it is a
 * `Promise.race` of one promise, or only a resolve function that was handed on, nothing in the heap tells;
 * the text of the frame that awaits it does.
 */
export const PERHAPS_RACE = -1;

/** The numbers that both sides know: lists count from 0, and a list's members cross as words too. */
export const ENUMS = {
  FrameKind: FRAME_KINDS,
  FrameState: FRAME_STATES,
  ThreadStatus: THREAD_STATUSES,
  ThreadActivity: THREAD_ACTIVITIES,
  CombinatorKind,
  NodeType,
} as const;

/** Bits that may be combined. */
export const FLAGS = { SiteMark } as const;

export const CONSTANTS = { perhapsRace: PERHAPS_RACE } as const;

/**
 * Tables cross as one object with `length`, how many rows there are, and an array for each column. The
 * columns of a packed table, which may have millions of rows, are `Int32Array`s. See `FieldTypes` in
 * `capture.ts` for the types; the name of an enum stands for its number.
 */
export const TABLES = {
  /** Places in the program, each described once however many frames stand there. */
  site: {
    packed: false,
    columns: {
      functionName: 'text',
      scriptName: 'text',
      /** 1-based; 0 when unknown. */
      line: 'int',
      column: 'int',
      lineText: 'text',
      kind: 'FrameKind',
      state: 'FrameState',
      /** V8's number of a script that names a source map, else 0; of its own thread only. */
      script: 'int',
      /** As `functionId` gives it; '' when unknown. */
      functionId: 'text',
      /** `SiteMark`s. */
      marks: 'int',
      /** Where the script's text holds the place, and where its function begins; -1 when unknown. */
      scriptId: 'int',
      offset: 'int',
      functionOffset: 'int',
      /** The line and column of `offset`, which V8 gave; 0: those above. */
      offsetLine: 'int',
      offsetColumn: 'int',
      /**
       * With a source map: the text in the function's line before its parameters, and the line and
       * column behind that; '' and 0 when unknown.
       */
      functionHead: 'text',
      functionLine: 'int',
      functionColumn: 'int',
    },
  },
  /** Frames and what they wait for. Equal stacks share their nodes. */
  node: {
    packed: true,
    columns: {
      type: 'NodeType',
      payload: 'int',
      /** -1: the end. */
      next: 'int',
      branchesBegin: 'int',
      branchesCount: 'int',
      /** How many inputs a combinator was given, 0 when unknown; `PERHAPS_RACE`. */
      total: 'int',
    },
  },
  branch: {
    packed: true,
    columns: {
      /** Which input of the combinator it is; -1 when unknown. */
      input: 'int',
      node: 'int',
    },
  },
  /** Tasks whose stacks are equal, the largest groups first. */
  group: { packed: true, columns: { count: 'int', node: 'int' } },
} as const;

/** Single objects with these properties. */
export const RECORDS = {
  /** One thread's answer to a dump. */
  thread: {
    threadId: 'number',
    name: 'text',
    status: 'word:ThreadStatus',
    /** Null where nothing is known of it: a thread that has gone, or that could not be asked. */
    activity: 'word?:ThreadActivity',
    /** Sites of the running stack, outermost first; null when nothing runs. */
    running: 'ints?',
    sites: 'table:site',
    /** Of the sites' scripts. */
    sourceMaps: 'list:sourceMap',
    nodes: 'table:node',
    branches: 'table:branch',
    groups: 'table:group',
    taskCount: 'number',
    stats: 'record:threadStats',
    errors: 'list:error',
  },
  /** A thread's capture of itself. */
  ownCapture: {
    thread: 'record:thread',
    /** With locals, the scopes of one activation a node, innermost first; else undefined. */
    scopes: 'objectLists?',
  },
  threadStats: {
    heapObjects: 'number',
    activations: 'number',
    promises: 'number',
    pauseMs: 'number',
    /** From the question to the beginning of the pause. */
    waitMs: 'number',
  },
  error: { code: 'text', message: 'text' },
  /** V8's number of a script, and what it says of its source map; null: that was too long to be copied. */
  sourceMap: { script: 'int', url: 'text?' },
} as const;
