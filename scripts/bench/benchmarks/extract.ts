// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Program } from '../program';
import { interleave, median, ratioOf } from '../statistics';
import { limited, microseconds, times } from '../table';
import type { Benchmark } from './benchmark';

const DEPTH = 100;
const REPETITIONS = 2_000;

export const extract: Benchmark = async ({ target, haste, progress }) => {
  progress('extract() of a yield* chain');
  await using program = new Program('generators.cjs', { target });
  await program.call('extract', DEPTH, REPETITIONS);
  const results = await interleave(Math.max(5, Math.round(9 / haste)), {
    extract: () => program.call('extract', DEPTH, REPETITIONS),
    errorStack: () => program.call('errorStack', DEPTH, REPETITIONS),
  });
  return [
    limited(
      'extract() of a 100-deep yield* chain, a frame, without resources and locals : of new Error().stack',
      ratioOf(results.extract, results.errorStack),
      times,
      { atMost: 0.5 },
      `${microseconds(median(results.extract))} : ${microseconds(median(results.errorStack))}`,
    ),
  ];
};
