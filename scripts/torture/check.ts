// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Random } from './random';
import type { Subject } from './child';

/** One thing to try; null when all is as it must be, else what is not. */
export interface Check {
  readonly name: string;
  run(subject: Subject, random: Random, folder: string): Promise<string | null>;
}

export const END_OF_DUMP = /=== end of asynctb dump of process \d+ ===/;

/** What is wrong with how a process ended; null: nothing. */
export function endProblem(
  result: { code: number | null; signal: string | null; stderr: string },
  code: number | null,
  signal: string | null = null,
): string | null {
  return result.code === code && result.signal === signal
    ? null
    : `ended with ${result.signal ?? result.code} instead of ${signal ?? code}\n${result.stderr.slice(-2_000)}`;
}
