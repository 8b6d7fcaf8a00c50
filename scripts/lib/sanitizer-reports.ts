// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the processes of a sanitized run have reported, each thing once. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SanitizerReport {
  readonly text: string;
  /** How many times it was reported. */
  readonly count: number;
}

/** A frame of the addon: by its source, or by its name where a line is not known. */
const OURS = /\/native\/\w+\.(?:cc|h):\d|asynctb(?:\.abi\d+)?\.node/u;

/**
 * `directory` has a file for each process that had something to report, also for programs that are
 * not Node. What leaks is reported with where it was allocated, and is ours to free if that was
 * called by the addon. Everything else counts whoever it is that did it.
 */
export function readReports(directory: string): SanitizerReport[] {
  const found = new Map<string, { text: string; count: number }>();
  for (const name of readdirSync(directory).sort()) {
    for (const text of split(readFileSync(join(directory, name), 'utf8'))) {
      if (/^(?:Direct|Indirect) leak/u.test(text) && !OURS.test(text)) continue;
      const key = identity(text);
      const known = found.get(key) ?? { text, count: 0 };
      known.count++;
      found.set(key, known);
    }
  }
  return [...found.values()];
}

/** The reports of one process. */
function split(output: string): string[] {
  // ThreadSanitizer rules off each; LeakSanitizer leaves a blank line between the stacks; of undefined
  // behaviour there is a line, and its stack.
  return output
    .split(
      /^=+\n|^(?=(?:Direct|Indirect) leak of)|^(?=\S+:\d+:\d+: runtime error: )/mu,
    )
    .map((text) => text.trim())
    .filter((text) =>
      /^(?:Direct|Indirect) leak|AddressSanitizer: |WARNING: ThreadSanitizer|: runtime error: /u.test(
        text,
      ),
    )
    .filter((text) => !/^==\d+==ERROR: LeakSanitizer/u.test(text));
}

/** Two reports of the same places are one, whatever the addresses. */
function identity(text: string): string {
  const places = text.match(/\/native\/\w+\.(?:cc|h):\d+/gu);
  const summary = /^SUMMARY: .*$/mu.exec(text)?.[0] ?? '';
  return places === null
    ? text.replace(/0x[\da-f]+|\d+/gu, '')
    : `${summary.replace(/^SUMMARY: AddressSanitizer: \d+ byte.*/u, '')}${places.join()}`;
}
