// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { spawnSync } from 'node:child_process';
import { callOnce, type Target } from '../program';
import { bestOf, interleave, median } from '../statistics';
import { limited, milliseconds, type Row, times } from '../table';
import { targetsFor } from '../targets';
import type { Benchmark } from './benchmark';

const PROGRAM = 'first-use.cjs';

export const firstUse: Benchmark = async ({ target, haste, progress }) => {
  const rows: Row[] = [];
  // The limit is about the releases that hide V8's symbols.
  const targets = [target, ...targetsFor(['24', '26'])];
  const versions = new Map(targets.map((each) => [each.version, each]));
  for (const each of versions.values()) {
    rows.push(await measure(each, haste, progress));
  }
  return rows;
};

/** Milliseconds of a Node that does nothing, from start to end. */
function startOf({ node }: Target): number {
  const start = performance.now();
  const { status } = spawnSync(node, ['-e', '0'], { stdio: 'ignore' });
  if (status !== 0) throw new Error('node -e 0 failed');
  return performance.now() - start;
}

async function measure(
  target: Target,
  haste: number,
  progress: (what: string) => void,
): Promise<Row> {
  progress(`first use in fresh processes of Node ${target.version}`);
  const fresh = (method: string) => () => callOnce(PROGRAM, { target }, method);
  const results = await interleave(Math.max(3, Math.round(15 / haste)), {
    load: fresh('load'),
    capabilities: fresh('capabilities'),
    extract: fresh('extract'),
    dump: fresh('dump'),
    start: () => Promise.resolve(startOf(target)),
  });
  const best = bestOf(results);
  const show = (values: readonly number[]): string =>
    `${milliseconds(median(values))} (${milliseconds(Math.min(...values))} to ${milliseconds(Math.max(...values))})`;
  return limited(
    `first use on Node ${target.version}, extract(promise) in a fresh process : start of node -e 0`,
    best.extract / best.start,
    times,
    { atMost: 0.4 },
    `start ${show(results.start)}; extract ${show(results.extract)}; capabilities() ${show(results.capabilities)}; dump() ${show(results.dump)}; loading before that ${show(results.load)}`,
  );
}
