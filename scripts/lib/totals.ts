// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** How many tests ended how, what failed, and the lines that say so. */

import { relative } from 'node:path';

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** A failed test or file each: where it is, what it is called, what it says. */
  readonly failures: readonly string[];
}

export const NO_TESTS: Totals = {
  passed: 0,
  failed: 0,
  skipped: 0,
  failures: [],
};

export function addTotals(a: Totals, b: Totals): Totals {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}

/**
 * One failure that no test can be blamed for, on top of those that were counted: the reader of
 * the last lines of a long output is told of it all the same.
 */
export function withFailure(totals: Totals, what: string): Totals {
  return {
    ...totals,
    failed: totals.failed + 1,
    failures: [...totals.failures, what],
  };
}

/** What failed, once more and together, above the closing line: a log is often cut to its end. */
export function failureLines({ failures }: Totals): string {
  return failures.map((failure) => `FAILED ${failure}\n`).join('');
}

export function totalsLine({
  passed,
  failed,
  skipped,
}: Omit<Totals, 'failures'>): string {
  const rest = skipped === 0 ? '' : `, ${skipped} skipped`;
  return `${passed} passed, ${failed} failed${rest}`;
}

/** What of vitest's JSON report is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: ReadonlyArray<{
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }>;
}

/** Enough of a message to see what differs; the whole of it stands further up in the output. */
const MESSAGE_LINES = 20;

function describeFailure(what: string, message: string): string {
  const lines = message.split('\n').slice(0, MESSAGE_LINES);
  return [what, ...lines].join('\n    ');
}

/** A file that failed as a whole (it does not load, a hook threw) has no failed test to show. */
function failuresOf(file: FileResult, root: string): string[] {
  const name = relative(root, file.name);
  const tests = file.assertionResults
    .filter((test) => test.status === 'failed')
    .map((test) =>
      describeFailure(
        `${name} > ${test.fullName}`,
        test.failureMessages.join('\n'),
      ),
    );
  return tests.length === 0 && file.status === 'failed'
    ? [describeFailure(name, file.message)]
    : tests;
}

/** Counts a report. An error outside of every test shows in the exit code alone: it counts as one. */
export function countReport(
  json: string,
  exitCode: number | null,
  root: string,
): Totals {
  const report = JSON.parse(json) as Report;
  const failures = report.testResults.flatMap((file) => failuresOf(file, root));
  const totals: Totals = {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
  return failures.length === 0 && exitCode !== 0
    ? withFailure(totals, `vitest ended with ${exitCode ?? 'a signal'}`)
    : totals;
}
