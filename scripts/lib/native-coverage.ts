// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What gcov says of native/: which lines ran, in whatever process of the suite it was. */

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, relative } from 'node:path';

interface GcovFile {
  file: string;
  lines: { line_number: number; count: number }[];
}

export interface FileCoverage {
  readonly file: string;
  readonly covered: number;
  readonly total: number;
  readonly uncovered: readonly number[];
}

/** `raw` has a directory for each process. */
export function nativeCoverage(root: string, raw: string): FileCoverage[] {
  const objects = join(root, 'native/build/Release/obj.target/asynctb');
  mergeInto(objects, raw);
  const counts = new Map<string, Map<number, number>>();
  for (const name of readdirSync(objects).sort()) {
    if (!name.endsWith('.gcda')) continue;
    const { status, stdout, stderr } = spawnSync(
      'gcov',
      ['--json-format', '--stdout', join(objects, name)],
      { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 30 },
    );
    if (status !== 0) throw new Error(`gcov failed: ${stderr}`);
    for (const line of stdout.split('\n')) {
      if (line !== '') collect(JSON.parse(line) as GcovReport, root, counts);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, lines]) => summarize(file, lines));
}

function mergeInto(objects: string, raw: string): void {
  const merged = join(raw, 'merged');
  // A process that was killed leaves half of its files, to which nothing could be added: so the
  // others go before it.
  const directories = readdirSync(raw)
    .map((name) => join(raw, name, objects))
    .filter((directory) => existsSync(directory))
    .map((directory) => ({ directory, bytes: bytesIn(directory) }))
    .sort((a, b) => b.bytes - a.bytes);
  for (const { directory: counted } of directories) {
    if (!existsSync(merged)) {
      cpSync(counted, merged, { recursive: true });
      continue;
    }
    const output = join(raw, 'next');
    rmSync(output, { recursive: true, force: true });
    const { status } = spawnSync('gcov-tool', [
      'merge',
      counted,
      merged,
      `--output=${output}`,
    ]);
    if (status !== 0) continue;
    rmSync(merged, { recursive: true });
    renameSync(output, merged);
  }
  if (!existsSync(merged)) throw new Error('no process has counted anything');
  cpSync(merged, objects, { recursive: true });
}

function bytesIn(directory: string): number {
  return readdirSync(directory)
    .map((name) => statSync(join(directory, name)).size)
    .reduce((sum, size) => sum + size, 0);
}

interface GcovReport {
  current_working_directory: string;
  files: GcovFile[];
}

/** A header's inline function is counted in each object, a template's in each instance. */
function collect(
  report: GcovReport,
  root: string,
  counts: Map<string, Map<number, number>>,
): void {
  for (const { file, lines } of report.files) {
    const path = relative(
      root,
      join(file.startsWith('/') ? '/' : report.current_working_directory, file),
    );
    const name = path.replace(/^native\/build\/\.\.\//, 'native/');
    if (!name.startsWith('native/')) continue;
    const known = counts.get(name) ?? new Map<number, number>();
    counts.set(name, known);
    for (const { line_number: line, count } of lines) {
      known.set(line, (known.get(line) ?? 0) + count);
    }
  }
}

function summarize(file: string, lines: Map<number, number>): FileCoverage {
  const uncovered = [...lines]
    .filter(([, count]) => count === 0)
    .map(([line]) => line)
    .sort((a, b) => a - b);
  const total = lines.size;
  return { file, total, covered: total - uncovered.length, uncovered };
}

/** The share of lines that ran, in percent. */
export function percentOf(files: readonly FileCoverage[]): number {
  const sum = (key: 'covered' | 'total'): number =>
    files.reduce((all, each) => all + each[key], 0);
  return sum('total') === 0 ? 0 : (100 * sum('covered')) / sum('total');
}

export function nativeTable(files: readonly FileCoverage[]): string {
  const row = (name: string, percent: number, missing: string): string =>
    `${name.padEnd(32)}${percent.toFixed(2).padStart(8)}  ${missing}`.trimEnd();
  return [
    `${'File'.padEnd(32)}${'% Lines'.padStart(8)}  Uncovered`,
    row('All files', percentOf(files), ''),
    ...files.map((file) =>
      row(file.file, percentOf([file]), ranges(file.uncovered)),
    ),
  ].join('\n');
}

function ranges(lines: readonly number[]): string {
  const found: [number, number][] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last !== undefined && line - last[1] <= 1) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',');
}
