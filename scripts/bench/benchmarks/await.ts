// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  mapValues,
  type Program,
  programPath,
  register,
  rotate,
  SAME_YOUNG_GENERATION,
  type Target,
  withPrograms,
} from '../program';
import { interleave, median, spread } from '../statistics';
import { limited, type Row, times } from '../table';
import type { Benchmark } from './benchmark';

const WARM_UP = 200_000;
const SLICES = 40;

/**
 * Two processes that run the same code differ by a percent or so for as long as they live (where
 * their code was placed). Only many processes, each measured against its neighbours, can show a
 * difference smaller than that; plain against plain says how far the result can be trusted. The
 * best slice of a process is the one that other work on the machine disturbed least.
 */
export const awaitRoundTrip: Benchmark = async ({
  target,
  haste,
  progress,
}) => {
  const ratios: Record<'register' | 'again', number[]> = {
    register: [],
    again: [],
  };
  const plain: number[] = [];
  const variants = { plain: [], again: [], register: register(target) };
  const processes = Math.max(2, Math.round(24 / haste));
  for (let i = 0; i < processes; i++) {
    progress(`await round trip, processes ${i + 1} of ${processes}`);
    const round = await measure(target, rotate(variants, i), 100_000);
    plain.push(round.plain);
    ratios.register.push(round.register / round.plain);
    ratios.again.push(round.again / round.plain);
  }
  return [
    limited(
      'await round trip, asynctb/register loaded : without',
      median(ratios.register),
      times,
      { atLeast: 0.99, atMost: 1.01 },
      `${median(plain).toFixed(0)} ns without; ${spread(ratios.register)}; without : without ${times(median(ratios.again))}`,
    ),
    ...(await trackers(target, haste, progress)),
  ];
};

/** What `ASYNCTB_KEEP=1` costs: V8 tells the addon of each promise. */
export const kept: Benchmark = async ({ target, haste, progress }) => {
  const variants = {
    register: register(target),
    kept: register(target),
  };
  const ratios: number[] = [];
  const plain: number[] = [];
  const processes = Math.max(1, Math.round(6 / haste));
  for (let i = 0; i < processes; i++) {
    progress(`await round trip, promises kept, ${i + 1} of ${processes}`);
    const round = await measure(target, variants, 20_000, {
      kept: { ASYNCTB_KEEP: '1' },
    });
    plain.push(round.register);
    ratios.push(round.kept / round.register);
  }
  return [
    {
      what: 'await round trip, ASYNCTB_KEEP=1 : asynctb/register alone',
      measured: times(median(ratios)),
      note: `${median(plain).toFixed(0)} ns without; ${spread(ratios)}`,
    },
  ];
};

async function trackers(
  target: Target,
  haste: number,
  progress: (what: string) => void,
): Promise<Row[]> {
  const require = (name: string): string[] => ['-r', programPath(target, name)];
  const variants = {
    plain: [],
    'v8.promiseHooks, a Set of pending promises': require('track-with-promise-hooks.cjs'),
    'async_hooks, a Map of pending promises': require('track-with-async-hooks.cjs'),
    'async_hooks, with a stack each': require('track-with-stacks.cjs'),
    'why-is-node-running': ['--import', 'why-is-node-running/include'],
  };
  const names = Object.keys(variants) as (keyof typeof variants)[];
  const ratios = Object.fromEntries(
    names.map((name): [string, number[]] => [name, []]),
  );
  const processes = Math.max(1, Math.round(3 / haste));
  for (let i = 0; i < processes; i++) {
    progress(`await round trip under trackers, ${i + 1} of ${processes}`);
    const round = await measure(target, variants, 20_000);
    for (const name of names) ratios[name]?.push(round[name] / round.plain);
  }
  return names.slice(1).map((name) => ({
    what: `the same with a tracker: ${name}`,
    measured: `${median(ratios[name] ?? []).toFixed(1)}`,
  }));
}

async function measure<K extends string>(
  target: Target,
  variants: Readonly<Record<K, readonly string[]>>,
  count: number,
  environments: Partial<Record<K, Readonly<Record<string, string>>>> = {},
): Promise<Record<K, number>> {
  const launches = mapValues(variants, (flags, name) => ({
    target,
    execArgv: [SAME_YOUNG_GENERATION, ...flags],
    env: environments[name] ?? {},
  }));
  return await withPrograms('await.cjs', launches, async (processes) => {
    for (const program of Object.values<Program>(processes)) {
      await program.call('run', Math.min(WARM_UP, count * 5));
    }
    const results = await interleave(
      SLICES,
      mapValues(processes, (program) => () => program.call('run', count)),
    );
    return mapValues(results, (slices) => Math.min(...slices));
  });
}
