// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run bench`, or `npm run bench -- dump extract --node 24`: prints a table of ratios, each
 * measured side by side in one run. It measures; it does not fail for a limit that is not met.
 */

import { parseArgs } from 'node:util';
import { cpus } from 'node:os';
import { awaitRoundTrip, kept } from './benchmarks/await';
import { awaiters, chain } from './benchmarks/awaiters';
import type { Benchmark, BenchmarkOptions } from './benchmarks/benchmark';
import { dump, memory, scale } from './benchmarks/dump';
import { extract } from './benchmarks/extract';
import { firstUse } from './benchmarks/first-use';
import { hello } from './benchmarks/hello';
import { hooks } from './benchmarks/hooks';
import { http } from './benchmarks/http';
import { importing } from './benchmarks/import';
import { reasons } from './benchmarks/reasons';
import { signal } from './benchmarks/signal';
import { threads } from './benchmarks/threads';
import { formatTable, type Row } from './table';
import { HERE, targetsFor } from './targets';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  await: awaitRoundTrip,
  kept,
  http,
  dump,
  scale,
  memory,
  awaiters,
  chain,
  extract,
  hooks,
  reasons,
  import: importing,
  'first-use': firstUse,
  hello,
  signal,
  threads,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      /** A release to measure instead of the Node that runs this. */
      node: { type: 'string' },
      /** Divides the number of repetitions. */
      haste: { type: 'string', default: '1' },
    },
  });
  const chosen = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
  const unknown = chosen.filter((name) => !(name in BENCHMARKS));
  if (unknown.length > 0) {
    throw new Error(
      `no benchmark named ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`,
    );
  }
  const options: BenchmarkOptions = {
    target:
      targetsFor(values.node === undefined ? [] : [values.node])[0] ?? HERE,
    haste: Number(values.haste),
    progress: (what) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
    },
  };
  const rows: Row[] = [];
  for (const name of chosen) {
    rows.push(...((await BENCHMARKS[name]?.(options)) ?? []));
  }
  options.progress('');
  console.log(
    `Node ${options.target.version}, ${process.platform} ${process.arch}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n`,
  );
  console.log(formatTable(rows));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
