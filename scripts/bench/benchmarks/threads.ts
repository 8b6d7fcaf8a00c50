// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Program, type Target } from '../program';
import { median } from '../statistics';
import { limited, milliseconds, type Row } from '../table';
import type { Benchmark, BenchmarkOptions } from './benchmark';

const PROGRAM = 'threads.cjs';
const CAPTURES = 1_000;
/** What never answers takes seconds to say so. */
const VAIN_CAPTURES = 3;
const MANY = 64;
const DUMPS = 10_000;
const GROWTHS = 5;

interface State {
  name: string;
  what: string;
  mostMs: number;
}

const STATES: readonly State[] = [
  { name: 'busy', what: 'in a busy loop', mostMs: 2 },
  { name: 'atomics', what: 'in Atomics.wait', mostMs: 2 },
  { name: 'idle', what: 'idle in its event loop', mostMs: 2 },
  { name: 'native', what: 'blocked in readFileSync() of a FIFO', mostMs: 5 },
];

interface Captures {
  rounds: number;
  answers: number;
  median: number;
  p99: number;
}

export const threads: Benchmark = async (options) => {
  const rows: Row[] = [];
  for (const state of STATES) rows.push(...(await oneWorker(state, options)));
  rows.push(await manyWorkers(options), await growth(options));
  return rows;
};

async function capture(
  program: Program,
  by: 'asynctb' | 'sentry',
  state: string,
  rounds: number,
): Promise<Captures> {
  return {
    rounds,
    answers: await program.call('capture', by, state, rounds),
    median: await program.call('quantile', 0.5),
    p99: await program.call('quantile', 0.99),
  };
}

async function started(
  target: Target,
  state: string,
  workers: number,
): Promise<Program> {
  const program = new Program(PROGRAM, { target, execArgv: ['--expose-gc'] });
  await program.call('start', state, workers);
  return program;
}

async function oneWorker(
  { name, what, mostMs }: State,
  { target, haste, progress }: BenchmarkOptions,
): Promise<Row[]> {
  progress(`a worker ${what}`);
  await using program = await started(target, name, 1);
  const rounds = Math.max(VAIN_CAPTURES, Math.round(CAPTURES / haste));
  const ours = await capture(program, 'asynctb', name, rounds);
  const tried = await capture(program, 'sentry', name, VAIN_CAPTURES);
  const theirs =
    tried.answers === 0
      ? tried
      : await capture(program, 'sentry', name, rounds);
  return [
    limited(
      `dump() of a worker ${what}, 99th percentile`,
      ours.answers === ours.rounds ? ours.p99 : Infinity,
      milliseconds,
      { atMost: mostMs },
      `${described(ours)}; Sentry's addon: ${described(theirs)}`,
    ),
  ];
}

function described({ rounds, answers, median, p99 }: Captures): string {
  return `median ${milliseconds(median)}, 99th percentile ${milliseconds(p99)}, ${
    answers === 0
      ? `no answer in ${rounds} captures`
      : `${answers} answers in ${rounds} captures`
  }`;
}

async function manyWorkers({
  target,
  haste,
  progress,
}: BenchmarkOptions): Promise<Row> {
  progress(`${MANY} workers`);
  await using program = await started(target, 'idle', MANY);
  const rounds = Math.max(3, Math.round(50 / haste));
  const ours = await capture(program, 'asynctb', 'idle', rounds);
  return limited(
    `dump() of ${MANY} idle workers, median`,
    ours.answers === ours.rounds ? ours.median : Infinity,
    milliseconds,
    { atMost: 50 },
    described(ours),
  );
}

async function growth({
  target,
  haste,
  progress,
}: BenchmarkOptions): Promise<Row> {
  const dumps = Math.max(100, Math.round(DUMPS / haste));
  progress(`${dumps} dumps`);
  await using program = await started(target, 'idle', 1);
  // As many to begin with: then what V8 and malloc keep at hand is there. What they keep goes up and
  // down by a percent; a leak grows each time.
  const sizes: number[] = [];
  for (let i = 0; i <= GROWTHS; i++) {
    await program.call('capture', 'asynctb', 'idle', dumps);
    sizes.push(await program.call('resident'));
  }
  const growths = sizes
    .slice(1)
    .map((size, i) => 100 * (size / (sizes[i] ?? NaN) - 1));
  return limited(
    `growth of the resident size over ${dumps.toLocaleString('en')} dumps of two threads, median of ${GROWTHS}`,
    median(growths),
    (value) => `${value.toFixed(2)} %`,
    { atMost: 1 },
    `after each: ${sizes.map((size) => size.toFixed(1)).join(', ')} MB`,
  );
}
