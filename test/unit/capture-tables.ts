// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Tables of a capture, written down row by row. */

import type { Captured, Sites, Table } from '../../lib/base/capture.js';
import {
  FRAME_KINDS,
  FRAME_STATES,
  TABLES,
} from '../../lib/base/capture-schema.js';

type TableName = keyof typeof TABLES;

/** A row of a table; what is left out is 0, '' or undefined, as its column is. */
export type Row<Name extends TableName> = {
  [
    Column in Exclude<keyof Table<Name>, 'length'>
  ]?: Table<Name>[Column] extends {
    readonly [index: number]: infer Value;
  }
    ? Value
    : never;
};

const MISSING: Readonly<Record<string, unknown>> = {
  text: '',
  value: undefined,
};

export function tableOf<Name extends TableName>(
  name: Name,
  rows: readonly Row<Name>[],
): Table<Name> {
  const { packed, columns } = TABLES[name];
  const table: Record<string, unknown> = { length: rows.length };
  for (const [column, type] of Object.entries(columns)) {
    const missing = type in MISSING ? MISSING[type] : 0;
    const values = rows.map((row) => {
      const value = (row as Record<string, unknown>)[column];
      return value === undefined ? missing : value;
    });
    table[column] = packed ? Int32Array.from(values as number[]) : values;
  }
  return table as Table<Name>;
}

/** Sites of which nothing is known but this. */
export function sitesOf(...rows: readonly Row<'site'>[]): Sites {
  const unknown = {
    functionName: 'f',
    scriptName: '/app/f.js',
    line: 1,
    column: 1,
    kind: FRAME_KINDS.indexOf('async-function'),
    state: FRAME_STATES.indexOf('suspended'),
    scriptId: -1,
    offset: -1,
    functionOffset: -1,
  };
  return tableOf(
    'site',
    rows.map((row) => ({ ...unknown, ...row })),
  );
}

/** What blocks hold. An entry that says nothing else is of the first block, and synchronous. */
export function heldOf(
  entries: readonly Row<'heldEntry'>[],
  misfit: string | null = null,
): Captured<'held'> {
  const plain = { isAsync: false, isExiting: false, isArgument: false };
  const rows = entries.map((entry) => ({ ...plain, ...entry }));
  return { entries: tableOf('heldEntry', rows), misfit };
}
