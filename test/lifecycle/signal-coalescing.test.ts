// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

describe('signals that come quickly', () => {
  it('make one more dump when they come during one', async () => {
    // The first dump does not fit in the pipe, so it lasts until somebody reads.
    const program = programs.start('signal/many-places.cjs', {
      args: ['blocking'],
      keepErrors: true,
    });
    await program.says('ready');
    program.kill();
    await program.beginsToReport();
    for (let i = 0; i < 5; i++) {
      program.kill();
      await program.answers();
    }
    program.readErrors();
    await program.until(() => program.dumps.length === 2, 'two dumps');
    program.send('exit');
    // The end waits for a dump that was asked for, so there is no third one.
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    expect(program.dumps).toHaveLength(2);
  });

  it('make at most two dumps when they come at once', async () => {
    const program = programs.start('signal/parked.cjs');
    await program.says('ready');
    for (let i = 0; i < 5; i++) program.kill();
    await program.until(() => program.dumps.length > 0, 'a dump');
    await program.answers();
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    expect(program.dumps.length).toBeLessThanOrEqual(2);
  });
});
