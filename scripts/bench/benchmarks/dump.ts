// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { type Launch, Program, type Target } from '../program';
import { interleave, median, spread } from '../statistics';
import { limited, megabytes, milliseconds, type Row, times } from '../table';
import type { Benchmark } from './benchmark';

const CHAINS = 100_000;
const MANY = 1_000_000;
const PROGRAM = 'parked.cjs';

const launch = (target: Target): Launch => ({
  target,
  execArgv: ['--expose-gc', '--max-old-space-size=12000'],
});

async function parked(target: Target, chains: number): Promise<Program> {
  const program = new Program(PROGRAM, launch(target));
  await program.call('park', chains);
  const tasks = await program.call('tasks');
  if (tasks !== chains) {
    throw new Error(`the dump has ${tasks} tasks instead of ${chains}`);
  }
  return program;
}

export const dump: Benchmark = async ({ target, haste, progress }) => {
  progress('dump of 100,000 chains');
  await using program = await parked(target, CHAINS);
  const rounds = Math.max(2, Math.round(11 / haste));
  const results = await interleave(rounds, {
    walk: () => program.call('walk'),
    dump: () => program.call('dump'),
    print: () => program.call('dumpAndPrint'),
  });
  const walk = median(results.walk);
  const whole = median(results.dump);
  const print = median(results.print);

  progress('v8.queryObjects of the same heap');
  const query = await repeat(Math.max(1, Math.round(3 / haste)), () =>
    program.call('queryObjects'),
  );
  progress('v8.writeHeapSnapshot of the same heap');
  const snapshot = await program.call('heapSnapshot');
  return [
    limited(
      'dump() of 100,000 parked chains of three async functions : bare heap walk',
      whole / walk,
      times,
      { atMost: 3 },
      `${milliseconds(whole)} : ${milliseconds(walk)}; with its text streamed ${milliseconds(print)}`,
    ),
    limited(
      'the same dump : v8.queryObjects(Promise)',
      whole / query,
      times,
      { atMost: 0.1 },
      `${milliseconds(whole)} : ${milliseconds(query)}`,
    ),
    {
      what: 'the same dump : v8.writeHeapSnapshot()',
      measured: times(whole / snapshot),
      note: `${milliseconds(whole)} : ${milliseconds(snapshot)}`,
    },
  ];
};

export const scale: Benchmark = async ({ target, haste, progress }) => {
  const rounds = Math.max(2, Math.round(15 / haste));
  progress('1,000,000 chains');
  await using few = await parked(target, CHAINS);
  await using many = await parked(target, MANY);
  // Side by side, and as ratios of neighbours: the larger one needs more of the memory's speed,
  // which is what other work on the machine takes away first. The smaller one is dumped several
  // times, as the larger one leaves it nothing in the caches.
  const ratios: number[] = [];
  const results = await interleave(rounds, {
    few: () => repeat(5, () => few.call('dump')),
    many: () => many.call('dump'),
  });
  results.many.forEach((time, round) => {
    ratios.push(time / (results.few[round] ?? NaN));
  });
  return [
    limited(
      'dump() of 1,000,000 tasks : of 100,000 tasks (chains of three)',
      median(ratios),
      times,
      { atMost: 11 },
      `${milliseconds(median(results.many))} : ${milliseconds(median(results.few))}; ${spread(ratios)}`,
    ),
  ];
};

export const memory: Benchmark = async ({ target, haste, progress }) => {
  const processes = Math.max(1, Math.round(5 / haste));
  const peak = async (method: string): Promise<number> => {
    progress(`memory: ${method}`);
    return await repeat(processes, async () => {
      await using program = new Program(PROGRAM, launch(target));
      await program.call('park', CHAINS);
      return await program.call(method);
    });
  };
  const alone = await peak('dumpPeak');
  const printed = await peak('printPeak');
  const query = await peak('queryObjectsPeak');
  const row: Row = limited(
    'extra memory at its peak while dumping 100,000 tasks (chains of three)',
    Math.max(alone, printed),
    megabytes,
    { atMost: 60 },
    `first use included; dump() alone ${megabytes(alone)}, with its text streamed ${megabytes(printed)}; v8.queryObjects ${megabytes(query)}`,
  );
  return [row];
};

async function repeat(
  times: number,
  measure: () => Promise<number>,
): Promise<number> {
  const results: number[] = [];
  for (let i = 0; i < times; i++) results.push(await measure());
  return median(results);
}
