// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * The plain data that the addon hands over, as `capture-schema.ts` defines it. Nothing of a thread's capture
 * holds a reference into the program.
 */

import { type ENUMS, type RECORDS, TABLES } from './capture-schema.js';
import { GlobalInt32Array, ObjectKeys } from './primordials.js';

/** The types of fields that are no enum. */
interface FieldTypes {
  int: number;
  flag: boolean;
  number: number;
  text: string;
  'text?': string | null;
  value: unknown;
  object: object;
  objects: readonly object[];
  'objects?': readonly object[] | undefined;
  numbers: readonly number[];
  'ints?': Int32Array | null;
  'objectLists?': readonly (readonly object[] | undefined)[] | undefined;
}

type Field<Type> = Type extends keyof FieldTypes
  ? FieldTypes[Type]
  : Type extends keyof typeof ENUMS
    ? number
    : Type extends `word:${infer Name extends WordList}`
      ? (typeof ENUMS)[Name][number]
      : Type extends `word?:${infer Name extends WordList}`
        ? (typeof ENUMS)[Name][number] | null
        : Type extends `table:${infer Name extends keyof typeof TABLES}`
          ? Table<Name>
          : Type extends `table?:${infer Name extends keyof typeof TABLES}`
            ? Table<Name> | undefined
            : Type extends `record:${infer Name extends keyof typeof RECORDS}`
              ? Captured<Name>
              : Type extends `record?:${infer Name extends keyof typeof RECORDS}`
                ? Captured<Name> | undefined
                : Type extends `list:${infer Name extends keyof typeof RECORDS}`
                  ? readonly Captured<Name>[]
                  : never;

type WordList = {
  [Name in keyof typeof ENUMS]: (typeof ENUMS)[Name] extends readonly string[]
    ? Name
    : never;
}[keyof typeof ENUMS];

/** A table of the schema: its number of rows, and its columns by name. */
export type Table<Name extends keyof typeof TABLES> = {
  readonly length: number;
} & {
  readonly [
    Column in keyof Columns<Name>
  ]: (typeof TABLES)[Name]['packed'] extends true
    ? Int32Array
    : readonly Field<Columns<Name>[Column]>[];
};

type Columns<Name extends keyof typeof TABLES> =
  (typeof TABLES)[Name]['columns'];

/** A table without rows. */
export function emptyTable<Name extends keyof typeof TABLES>(
  name: Name,
): Table<Name> {
  const { packed, columns } = TABLES[name];
  const table: Record<string, unknown> = { length: 0 };
  for (const column of ObjectKeys(columns))
    table[column] = packed ? new GlobalInt32Array() : [];
  return table as Table<Name>;
}

/** A record of the schema. */
export type Captured<Name extends keyof typeof RECORDS> = {
  readonly [Key in keyof (typeof RECORDS)[Name]]: Field<
    (typeof RECORDS)[Name][Key]
  >;
};

export type RawThread = Captured<'thread'>;

/** The sites of a capture; a site is an index of it. */
export type Sites = Table<'site'>;

export type RawError = Captured<'error'>;

/** A process that the one of a dump has started. */
export interface RawChild {
  pid: number;
  argv: string[];
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
  /** What it has started and not waited for. */
  children?: RawChild[];
  uptimeMs: number;
}
