// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { type Launch, Program, type Target } from '../program';
import { interleave, median, spread } from '../statistics';
import { limited, megabytes, milliseconds, times } from '../table';
import type { Benchmark } from './benchmark';

const MANY = 1_000_000;
const FEW = 100;
const PROGRAM = 'awaited.cjs';

const launch = (target: Target): Launch => ({
  target,
  execArgv: ['--expose-gc', '--max-old-space-size=12000'],
});

/** What is not shown must be counted, not built. */
export const awaiters: Benchmark = async ({ target, haste, progress }) => {
  const processes = Math.max(1, Math.round(5 / haste));
  const measure = async (count: number): Promise<[number, number]> => {
    const peaks: number[] = [];
    const durations: number[] = [];
    for (let i = 0; i < processes; i++) {
      progress(`callGraph() of ${count} awaiters`);
      await using program = new Program(PROGRAM, launch(target));
      await program.call('awaiters', count);
      peaks.push(await program.call('callGraphPeak'));
      durations.push(await program.call('callGraph'));
    }
    return [median(peaks), median(durations)];
  };
  const [few] = await measure(FEW);
  const [many, duration] = await measure(MANY);
  return [
    limited(
      'memory of callGraph() at its peak with 1,000,000 awaiters, beyond that with 100',
      many - few,
      megabytes,
      { atMost: 20 },
      `${megabytes(many)} and ${megabytes(few)}; ${milliseconds(duration)}`,
    ),
  ];
};

export const chain: Benchmark = async ({ target, haste, progress }) => {
  progress('a chain of 1,000,000 then');
  const rounds = Math.max(3, Math.round(21 / haste));
  await using program = new Program(PROGRAM, launch(target));
  await program.call('chain', MANY);
  // In alternation, and as ratios of neighbours.
  const results = await interleave(rounds, {
    walk: () => program.call('walk'),
    dump: () => program.call('dump'),
    extract: () => program.call('extract'),
  });
  const over = (durations: readonly number[]): number[] =>
    durations.map((time, round) => time / (results.walk[round] ?? NaN));
  const walk = milliseconds(median(results.walk));
  return (['dump', 'extract'] as const).map((what) => {
    const ratios = over(results[what]);
    return limited(
      `${what}() of a chain of 1,000,000 then : bare heap walk`,
      median(ratios),
      times,
      { atMost: 3 },
      `${milliseconds(median(results[what]))} : ${walk}; ${spread(ratios)}`,
    );
  });
};
