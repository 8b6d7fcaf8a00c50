// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transformSync } from 'esbuild';
import { Program, programPath, register, type Target } from '../program';
import { bestOf, interleave, median } from '../statistics';
import { limited, milliseconds, type Row, times } from '../table';
import type { Benchmark } from './benchmark';

const CHAINS = 100_000;
/** There is at most one dump by signal a second. */
const APART_MS = 1_050;

export const signal: Benchmark = async (options) => [
  await delay(options),
  await pause(options),
];

/** From the signal until the last byte of the text is read. */
const delay = async ({
  target,
  haste,
  progress,
}: Parameters<Benchmark>[0]): Promise<Row> => {
  progress('from the signal to the last byte');
  await using program = await parked('parked.cjs', target, 'text');
  const results = await interleave(Math.max(3, Math.round(15 / haste)), {
    walk: () => program.call('walk'),
    signal: async () => {
      await sleep(APART_MS);
      const start = performance.now();
      await program.signal('SIGUSR2', /^=== end of asynctb dump .*\n$/m);
      return performance.now() - start;
    },
  });
  const best = bestOf(results);
  return limited(
    'signal to the last byte of a dump of 100,000 tasks (chains of three) : bare heap walk',
    best.signal / best.walk,
    times,
    { atMost: 20 },
    `${milliseconds(best.signal)} : ${milliseconds(best.walk)}`,
  );
};

/** The same program twice: only one of them has a map in it. */
const pause = async ({
  target,
  haste,
  progress,
}: Parameters<Benchmark>[0]): Promise<Row> => {
  progress('the pause of a dump by signal, with source maps and without');
  const directory = path.join(target.root, '.cache', `bench-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  try {
    const names = writePrograms(target, directory);
    await using mapped = await parked(names.mapped, target, 'json');
    await using plain = await parked(names.plain, target, 'json');
    const dump = (program: Program) => async (): Promise<number> => {
      await sleep(APART_MS);
      return pauseIn(await program.signal('SIGUSR2', /\n$/));
    };
    const results = await interleave(Math.max(3, Math.round(21 / haste)), {
      mapped: dump(mapped),
      plain: dump(plain),
    });
    const best = bestOf(results);
    return limited(
      'the pause of a dump by signal of 100,000 tasks, with source maps : without',
      best.mapped / best.plain,
      times,
      { atMost: 1.02 },
      `${milliseconds(best.mapped)} : ${milliseconds(best.plain)}; medians ${milliseconds(median(results.mapped))} : ${milliseconds(median(results.plain))}`,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
};

async function parked(
  name: string,
  target: Target,
  format: 'text' | 'json',
): Promise<Program> {
  const program = new Program(name, {
    target,
    execArgv: [
      '--expose-gc',
      '--max-old-space-size=12000',
      ...register(target),
    ],
    env: { ASYNCTB_FORMAT: format },
  });
  await program.call('park', CHAINS);
  return program;
}

/** `parked.cjs` as esbuild compiles it, with its map and without. */
function writePrograms(
  target: Target,
  directory: string,
): Record<'mapped' | 'plain', string> {
  const beside = path.dirname(programPath(target, 'parked.cjs'));
  const source = readFileSync(
    path.join(beside, 'parked.cjs'),
    'utf8',
  ).replaceAll("'./serve.cjs'", JSON.stringify(path.join(beside, 'serve.cjs')));
  const write = (name: string, sourcemap: 'inline' | false): string => {
    const file = path.join(directory, name);
    const options = { sourcefile: 'parked.ts', sourcemap } as const;
    writeFileSync(file, transformSync(source, options).code);
    return path.relative(beside, file);
  };
  return {
    mapped: write('mapped.cjs', 'inline'),
    plain: write('plain.cjs', false),
  };
}

/** Milliseconds for which the main thread stood still, by a dump as JSON. */
function pauseIn(text: string): number {
  const { threads } = JSON.parse(text) as {
    threads: { taskCount: number; stats: { pauseMs: number } }[];
  };
  const [main] = threads;
  if (main?.taskCount !== CHAINS) {
    throw new Error(`the dump has ${main?.taskCount} tasks`);
  }
  return main.stats.pauseMs;
}
