// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** One line of the table. */
export interface Row {
  what: string;
  measured: string;
  /** As text; absent for a row that is only there to compare with. */
  limit?: string;
  met?: boolean;
  note?: string;
}

export interface Limit {
  atLeast?: number;
  atMost?: number;
}

/** A row with a number that the project has set itself a limit for. */
export function limited(
  what: string,
  value: number,
  show: (value: number) => string,
  { atLeast, atMost }: Limit,
  note?: string,
): Row {
  const limit =
    atLeast !== undefined && atMost !== undefined
      ? `${show(atLeast)} to ${show(atMost)}`
      : atMost !== undefined
        ? `at most ${show(atMost)}`
        : `at least ${show(atLeast ?? NaN)}`;
  const met = value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
  return {
    what,
    measured: show(value),
    limit,
    met,
    ...(note === undefined ? {} : { note }),
  };
}

/** A Markdown table that is as easy to read as plain text. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [
    ['What', 'Measured', 'Limit', '', 'Note'],
    ...rows.map(({ what, measured, limit, met, note }) => [
      what,
      measured,
      limit ?? '',
      met === undefined ? '' : met ? 'met' : 'NOT MET',
      note ?? '',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells.map(line);
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join(
    '\n',
  );
}

export const times = (value: number): string => value.toFixed(3);
export const milliseconds = (value: number): string =>
  `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;
export const microseconds = (value: number): string => `${value.toFixed(2)} µs`;
export const megabytes = (value: number): string => `${value.toFixed(1)} MB`;
