// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Program } from '../program';
import { interleave, median } from '../statistics';
import { limited, milliseconds, type Row, times } from '../table';
import type { Benchmark } from './benchmark';

const TASKS = 100_000;
const PLACES = 20;
/** Megabytes of objects that have nothing to do with the tasks. */
const LARGE = 1_000;

export const reasons: Benchmark = async ({ target, haste, progress }) => {
  const rows: Row[] = [];
  for (const megabytes of [0, LARGE]) {
    const heap = megabytes === 0 ? 'a small heap' : 'a heap of 1 GB';
    progress(`reasons in ${heap}`);
    await using program = new Program('reasons.cjs', {
      target,
      execArgv: ['--expose-gc', '--max-old-space-size=12000'],
    });
    await program.call('park', TASKS, megabytes);
    const tasks = await program.call('tasks');
    const explained = await program.call('reasons');
    // A search that would take too long ends before it has found all.
    if (tasks !== TASKS) {
      throw new Error(`the dump has ${tasks} tasks instead of ${TASKS}`);
    }
    const rounds = Math.max(2, Math.round(9 / haste));
    const found = await interleave(rounds, {
      without: () => program.call('without'),
      why: () => program.call('why'),
      walk: () => program.call('walk'),
      stuck: () => program.call('stuck'),
      printWithout: () => program.call('printWithout'),
      printWhy: () => program.call('printWhy'),
    });
    const without = median(found.without);
    const why = median(found.why);
    const walk = median(found.walk);
    const stuck = median(found.stuck);
    rows.push(
      limited(
        `pause of a dump with reasons : without, 100,000 tasks at 20 places in ${heap}`,
        why / without,
        times,
        { atMost: megabytes === 0 ? 1.5 : 2 },
        `${milliseconds(why)} : ${milliseconds(without)}; a reason at ${explained} of ${PLACES} places`,
      ),
      limited(
        `pause of a dump with stuck : bare heap walk, in ${heap}`,
        stuck / walk,
        times,
        { atMost: 10 },
        `${milliseconds(stuck)} : ${milliseconds(walk)}`,
      ),
    );
    if (megabytes > 0) continue;
    const printWhy = median(found.printWhy);
    const printWithout = median(found.printWithout);
    rows.push(
      limited(
        'formatting a dump with reasons : without',
        printWhy / printWithout,
        times,
        { atMost: 2 },
        `${milliseconds(printWhy)} : ${milliseconds(printWithout)}`,
      ),
    );
  }
  return rows;
};
