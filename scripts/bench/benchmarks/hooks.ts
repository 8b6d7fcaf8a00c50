// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Program } from '../program';
import { interleave, median, ratioOf } from '../statistics';
import { limited, microseconds, times } from '../table';
import type { Benchmark } from './benchmark';

const DEPTH = 100;
const REPETITIONS = 1_000;
const FUNCTIONS = 1_000;

export const hooks: Benchmark = async ({ target, haste, progress }) => {
  progress('resources, hooks and formatting');
  await using program = new Program('hooks.cjs', { target });
  await using other = new Program('generators.cjs', { target });
  const call = (method: string) => program.call(method, DEPTH, REPETITIONS);
  await call('extract');
  const results = await interleave(Math.max(5, Math.round(9 / haste)), {
    without: () => call('extract'),
    with: async () => {
      await program.call('register', FUNCTIONS);
      const result = await call('extract');
      await program.call('takeBack');
      return result;
    },
    resources: () => call('withResources'),
    using: () => call('withUsing'),
    format: () => call('format'),
    stringify: () => call('stringify'),
    errorStack: () => other.call('errorStack', DEPTH, REPETITIONS),
  });
  const own = median(results.using);
  return [
    limited(
      'the same, a frame that holds a resource : of new Error().stack',
      ratioOf(results.resources, results.errorStack),
      times,
      { atMost: 10 },
      `${microseconds(median(results.resources))} : ${microseconds(median(results.errorStack))}; compiled by TypeScript; the engine's own \`using\`: ${
        own === 0 ? 'this Node has none' : microseconds(own)
      }`,
    ),
    limited(
      `the same without resources, ${FUNCTIONS} functions with hooks: times without`,
      ratioOf(results.with, results.without),
      times,
      { atMost: 1.1 },
      `${microseconds(median(results.without))} a frame without`,
    ),
    limited(
      'format() of a 100-deep stack : JSON.stringify of the same as plain data',
      ratioOf(results.format, results.stringify),
      times,
      { atMost: 1 },
      `${microseconds(median(results.format))} : ${microseconds(median(results.stringify))} a frame`,
    ),
  ];
};
