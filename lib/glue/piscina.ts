// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for Piscina: a task that waits for a thread, and the thread that works on it. */

import { describeValue } from '../format/describe.js';
import { sayUnlessSaid } from '../model/notes.js';
import { closureOf, isObject, own } from '../explain/closures.js';
import type { PromiseGlue } from '../explain/open-ends.js';
import { piscinaTask } from './piscina-threads.js';

export const piscina: PromiseGlue = {
  library: 'piscina',
  explain(settlers) {
    for (const { fn } of settlers) {
      const task = closureOf(fn)?.variables['taskInfo'];
      const id = own(task, 'taskId');
      if (typeof id !== 'number') continue;
      const which = `task ${id}, ${describeValue(own(task, 'filename'))}`;
      const worker = own(own(task, 'workerInfo'), 'worker');
      if (!isObject(worker)) {
        return { note: `a free thread of Piscina: ${which}` };
      }
      // Where the thread does not answer, it is where the stack ends.
      sayUnlessSaid(worker, `of Piscina: ${which}`);
      return { items: [piscinaTask(worker, id)] };
    }
    return undefined;
  },
};
