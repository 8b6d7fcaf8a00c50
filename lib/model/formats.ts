// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * How the classes of the model become text and JSON. The formats are made of the model, so they are
 * above it: `lib/format/offer.ts` fills in what these classes call.
 */

import { ArrayPrototypeFind, ArrayPrototypeMap } from '../base/lists.js';
import { ArrayPrototypeJoin } from '../base/primordials.js';
import type { CallGraph } from './call-graph.js';
import type { Dump, TaskGroup, ThreadDump } from './dump.js';
import type { Frame } from './frame.js';
import type {
  CallGraphJson,
  DumpJson,
  FrameJson,
  GroupJson,
  ResourceJson,
  StackJson,
  ThreadJson,
} from './json.js';
import type { Resource } from './resource.js';
import type { Stack } from './stack.js';

/** How a stack, a call graph or a dump is printed. */
export interface FormatOptions {
  /** Draw with ASCII, and escape every other character. Default false. */
  asciiOnly?: boolean | undefined;
  /** Show what frames hold until they leave their block. Default true. */
  showResources?: boolean | undefined;
  /** Show what is marked `hide` or `hideLine`. Default false. */
  showHiddenFrames?: boolean | undefined;
  /** Show Node's own frames. Default false. */
  showInternalFrames?: boolean | undefined;
  /**
   * Show the frames of installed libraries. If false, each run of them is one line, such as
   * `… 5 frames in pg-pool`, and so are frames that repeat. Default false in a dump, and true elsewhere.
   */
  showLibraryFrames?: boolean | undefined;
  /** Show local variables, where they were extracted. Default false. */
  locals?: boolean | undefined;
  /** Print paths below this directory relative to it. Default: paths as they are. */
  cwd?: string | undefined;
}

/** As `FormatOptions`, with resources left out unless asked for. */
export type FlatOptions = FormatOptions;

export interface JsonOptions {
  /** Include local variables, where they were extracted. Default false. */
  locals?: boolean | undefined;
}

/**
 * What a dump can be printed as, by name. A format adds its own where it is defined, such as in
 * `lib/format/dump-json.ts`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled in by the formats
export interface DumpFormatNames {}
export type DumpFormatName = keyof DumpFormatNames;

/** One format; `lib/format/dump-formats.ts` lists them. */
export interface DumpFormat {
  readonly name: DumpFormatName;
  /** Of the files in ASYNCTB_DIR, without a dot. */
  readonly extension: string;
  /** The text in pieces of some ten thousand characters. */
  chunks(dump: Dump, options: FormatOptions): Generator<string>;
}

/** The argument of a `toJSON`: `JSON.stringify` passes the key there. */
type JsonArgument = JsonOptions | string | undefined;

export interface Formats {
  stackText(stack: Stack, options?: FormatOptions): string;
  stackFlat(stack: Stack, options?: FlatOptions): string;
  stackJson(stack: Stack, options: JsonArgument): StackJson;
  frameText(frame: Frame): string;
  frameJson(frame: Frame, options: JsonArgument): FrameJson;
  resourceJson(resource: Resource, options: JsonArgument): ResourceJson;
  callGraphText(graph: CallGraph, options?: FormatOptions): string;
  callGraphJson(graph: CallGraph, options: JsonArgument): CallGraphJson;
  readonly dumpFormats: readonly DumpFormat[];
  dumpJson(dump: Dump, options: JsonArgument, locals?: boolean): DumpJson;
  threadJson(thread: ThreadDump, options: JsonArgument): ThreadJson;
  groupJson(group: TaskGroup, options: JsonArgument): GroupJson;
}

let load: (() => Partial<Formats>) | null = null;

/** Called by each entry, with what its classes can be asked for. */
export function offerFormats(offered: () => Partial<Formats>): void {
  load = offered;
}

export function formats(): Formats {
  return load?.() as Formats;
}

/** The one with a name; undefined: there is none. */
export function dumpFormat(name: unknown): DumpFormat | undefined {
  return ArrayPrototypeFind(
    formats().dumpFormats,
    (format) => format.name === name,
  );
}

/** For messages: `text or json`. */
export function dumpFormatNames(): string {
  const names = ArrayPrototypeMap(formats().dumpFormats, ({ name }) => name);
  return ArrayPrototypeJoin(names, ' or ');
}
