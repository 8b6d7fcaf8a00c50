// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Program } from '../program';
import { bestOf, interleave } from '../statistics';
import { limited, microseconds, times } from '../table';
import type { Benchmark } from './benchmark';

const DEPTH = 100;
const REPETITIONS = 50;
const WARM_UP = 1_000;
const SLICES = 100;
const FUNCTIONS = 1_000;

export const hooks: Benchmark = async ({ target, haste, progress }) => {
  progress('resources, hooks and formatting');
  await using program = new Program('hooks.cjs', { target });
  await using other = new Program('generators.cjs', { target });
  const call = (method: string) => program.call(method, DEPTH, REPETITIONS);
  for (const method of ['extract', 'withResources', 'format', 'stringify'])
    await program.call(method, DEPTH, WARM_UP);
  await other.call('errorStack', DEPTH, WARM_UP);
  const results = await interleave(Math.max(20, Math.round(SLICES / haste)), {
    without: () => call('extract'),
    with: async () => {
      await program.call('register', FUNCTIONS);
      // The first extraction gives the functions their ids, once.
      await call('extract');
      const result = await call('extract');
      await program.call('takeBack');
      return result;
    },
    resources: () => call('withResources'),
    using: () => call('withUsing'),
    format: () => call('format'),
    stringify: () => call('stringify'),
    plain: () => call('stringifyPlain'),
    errorStack: () => other.call('errorStack', DEPTH, REPETITIONS),
  });
  const best = bestOf(results);
  const own = best.using;
  return [
    limited(
      'the same, a frame that holds a resource : of new Error().stack',
      best.resources / best.errorStack,
      times,
      { atMost: 10 },
      `${microseconds(best.resources)} : ${microseconds(best.errorStack)}; compiled by TypeScript; the engine's own \`using\`: ${
        own === 0 ? 'this Node has none' : microseconds(own)
      }`,
    ),
    limited(
      `the same without resources, ${FUNCTIONS} functions with hooks: times without`,
      best.with / best.without,
      times,
      { atMost: 1.1 },
      `${microseconds(best.without)} a frame without`,
    ),
    limited(
      'format() of a 100-deep stack : JSON.stringify of the same',
      best.format / best.stringify,
      times,
      { atMost: 1 },
      `${microseconds(best.format)} : ${microseconds(best.stringify)} a frame; of what toJSON() has made before ${microseconds(best.plain)}`,
    ),
  ];
};
