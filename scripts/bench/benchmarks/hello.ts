// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { spawnSync } from 'node:child_process';
import { NODE_RELEASES } from '../../lib/nodes';
import { programPath, register, type Target } from '../program';
import { bestOf, interleave, median } from '../statistics';
import { limited, megabytes, milliseconds, type Row, times } from '../table';
import { HERE, targetsFor } from '../targets';
import type { Benchmark } from './benchmark';

const RUNS = 40;

/** What a program pays for `asynctb/register` that is over at once, on each Node. */
export const hello: Benchmark = async ({ target, haste, progress }) => {
  const rows: Row[] = [];
  const all = NODE_RELEASES.map(({ version }) => version);
  // One that was asked for is looked at alone.
  for (const each of target === HERE ? targetsFor(all) : [target])
    rows.push(...(await measure(each, haste, progress)));
  return rows;
};

async function measure(
  target: Target,
  haste: number,
  progress: (what: string) => void,
): Promise<Row[]> {
  progress(`hello world on Node ${target.version}`);
  const flags = register(target);
  const peak = ['-r', programPath(target, 'peak.cjs')];
  const rounds = Math.max(3, Math.round(RUNS / haste));
  const results = await interleave(rounds, {
    plain: () => Promise.resolve(run(target, []).time),
    registered: () => Promise.resolve(run(target, flags).time),
    plainPeak: () => Promise.resolve(run(target, peak).peak),
    registeredPeak: () =>
      Promise.resolve(run(target, [...flags, ...peak]).peak),
  });
  const best = bestOf(results);
  const more = median(results.registeredPeak) - median(results.plainPeak);
  return [
    limited(
      `hello world on Node ${target.version}, asynctb/register loaded : without`,
      best.registered / best.plain,
      times,
      { atMost: 1.15 },
      `${milliseconds(best.registered)} : ${milliseconds(best.plain)}; medians ${milliseconds(median(results.registered))} : ${milliseconds(median(results.plain))}`,
    ),
    limited(
      `peak memory of hello world on Node ${target.version}, beyond that without`,
      more,
      megabytes,
      { atMost: 4 },
      `${megabytes(median(results.plainPeak))} without`,
    ),
  ];
}

/** Milliseconds from start to end, and what `peak.cjs` says in MB if it is loaded. */
function run(
  target: Target,
  execArgv: readonly string[],
): { time: number; peak: number } {
  const program = programPath(target, 'hello.cjs');
  const start = performance.now();
  const { status, stderr } = spawnSync(target.node, [...execArgv, program], {
    encoding: 'utf8',
  });
  const time = performance.now() - start;
  if (status !== 0) throw new Error(`hello world failed:\n${stderr}`);
  return { time, peak: Number(stderr) };
}
