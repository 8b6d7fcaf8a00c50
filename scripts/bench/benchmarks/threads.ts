// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { availableParallelism } from 'node:os';
import { Program, type Target } from '../program';
import { median } from '../statistics';
import { limited, milliseconds, type Row, times } from '../table';
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
  /** Times an interrupt with a bare walk in it. */
  most: number;
}

const STATES: readonly State[] = [
  { name: 'busy', what: 'in a busy loop', most: 2 },
  { name: 'atomics', what: 'in Atomics.wait', most: 2 },
  { name: 'idle', what: 'idle in its event loop', most: 2 },
  { name: 'native', what: 'blocked in readFileSync() of a FIFO', most: 5 },
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
  rows.push(...(await manyWorkers(options)), await growth(options));
  return rows;
};

type By = 'asynctb' | 'sentry' | 'walk';

/** All of them in turn, so that what disturbs one disturbs the others. */
async function capture(
  program: Program,
  names: readonly By[],
  state: string,
  rounds: number,
): Promise<Captures[]> {
  const answers = await program.call('capture', [...names], state, rounds);
  const all: Captures[] = [];
  for (const by of names) {
    all.push({
      rounds,
      answers,
      median: await program.call('quantile', by, 0.5),
      p99: await program.call('quantile', by, 0.99),
    });
  }
  return all;
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
  { name, what, most }: State,
  { target, haste, progress }: BenchmarkOptions,
): Promise<Row[]> {
  progress(`a worker ${what}`);
  await using program = await started(target, name, 1);
  const rounds = Math.max(VAIN_CAPTURES, Math.round(CAPTURES / haste));
  const [ours, walk] = await capture(
    program,
    ['asynctb', 'walk'],
    name,
    rounds,
  );
  const [tried] = await capture(program, ['sentry'], name, VAIN_CAPTURES);
  const [theirs] =
    tried?.answers === 0
      ? [tried]
      : await capture(program, ['sentry'], name, rounds);
  if (!ours || !walk || !theirs) return [];
  return [
    limited(
      `dump() of a worker ${what} : an interrupt with a bare walk in it, 99th percentiles`,
      ours.answers === ours.rounds ? ours.p99 / walk.p99 : Infinity,
      times,
      { atMost: most },
      `${described(ours)}; bare walk: median ${milliseconds(walk.median)}, 99th percentile ${milliseconds(walk.p99)}${
        name === 'native' ? ', of a busy worker' : ''
      }; Sentry's addon: ${described(theirs)}`,
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
}: BenchmarkOptions): Promise<Row[]> {
  progress(`${MANY} workers`);
  await using program = await started(target, 'idle', MANY);
  const rounds = Math.max(3, Math.round(50 / haste));
  const processors = Math.min(MANY, availableParallelism());
  const ratio = await program.call('compare', 'idle', rounds, processors);
  return [
    limited(
      `dump() of ${MANY} idle workers : the sum of their bare walks / ${processors} processors`,
      ratio,
      times,
      { atMost: 1.3 },
    ),
    limited(
      'how long each of them stands still : its own bare walk, the most of all',
      await program.call('mostStill'),
      times,
      { atMost: 1.5 },
    ),
  ];
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
    await program.call('capture', ['asynctb'], 'idle', dumps);
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
