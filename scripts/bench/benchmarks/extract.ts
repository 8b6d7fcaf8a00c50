// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Program } from '../program';
import { bestOf, interleave } from '../statistics';
import { limited, microseconds, times } from '../table';
import type { Benchmark } from './benchmark';

const DEPTH = 100;
const REPETITIONS = 100;
const WARM_UP = 2_000;
const SLICES = 200;

export const extract: Benchmark = async ({ target, haste, progress }) => {
  progress('extract() of a yield* chain');
  await using program = new Program('generators.cjs', { target });
  for (const method of ['extract', 'errorStack'])
    await program.call(method, DEPTH, WARM_UP);
  const results = await interleave(Math.max(20, Math.round(SLICES / haste)), {
    extract: () => program.call('extract', DEPTH, REPETITIONS),
    errorStack: () => program.call('errorStack', DEPTH, REPETITIONS),
  });
  const best = bestOf(results);
  return [
    limited(
      'extract() of a 100-deep yield* chain, a frame, without resources and locals : of new Error().stack',
      best.extract / best.errorStack,
      times,
      { atMost: 0.5 },
      `${microseconds(best.extract)} : ${microseconds(best.errorStack)}`,
    ),
  ];
};
