// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterEach, expect, it } from 'vitest';
import { Programs } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

// Nothing is on its way on a thread that is idle: so much is known without the queues, too.
it.each([
  ['as everywhere', {}],
  ['without the queues', { ASYNCTB_DISABLE: 'microtasks' }],
])(
  'a dump of an idle thread says what waits for something collected: %s',
  async (_how, env) => {
    const program = programs.start('signal/gone.cjs', { env });
    await program.says('ready');
    const dump = await program.dumpThatMatches(/"main": idle/u);
    expect(dump).toMatch(
      /2 tasks wait here[^\n]*:\n╠ reader at .*\n.*\n╠ subscribe at .*\n.*\n╚ \(waits for a promise that was collected: nothing can settle it\)/u,
    );
    expect(dump).not.toContain('ready to resume');
  },
);
