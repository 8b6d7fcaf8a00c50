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

describe('a flood of signals', () => {
  /** When each dump was begun, as its first line says. */
  const times = (dumps: readonly string[]): number[] =>
    dumps.map((dump) => Date.parse(/\d{4}-\S+Z/u.exec(dump)?.[0] ?? ''));

  it('makes at most one dump a second, answers the last signal, and is told once', async () => {
    const program = programs.start('signal/parked.cjs');
    await program.says('ready');
    await program.dump();
    const flood = setInterval(() => program.kill(), 5);
    await program.until(() => program.dumps.length >= 4, 'four dumps');
    clearInterval(flood);
    const before = program.dumps.length;
    program.kill();
    await program.until(() => program.dumps.length > before, 'one more dump');
    const begun = times(program.dumps);
    for (const [index, time] of begun.slice(1).entries()) {
      expect(time - (begun[index] ?? 0)).toBeGreaterThanOrEqual(1000);
    }
    expect(
      program.stderr.match(
        /^asynctb: \d+ signals are answered by one dump, as there is at most one a second$/gmu,
      ),
    ).toHaveLength(1);
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
  });

  it('of its own neither makes the program wait nor makes more dumps', async () => {
    const program = programs.start('signal/flood.cjs');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    // 2,000 signals within a second or two, and one more dump at the end.
    const seconds = Number(/in (\d+) ms/u.exec(program.stdout)?.[1]) / 1000;
    expect(program.dumps.length).toBeLessThanOrEqual(Math.ceil(seconds) + 2);
    expect(program.dumps.length).toBeGreaterThanOrEqual(2);
  });

  it('does not keep an exit from coming at once', async () => {
    const program = programs.start('signal/parked.cjs');
    await program.says('ready');
    await program.dump();
    program.kill();
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    expect(program.dumps).toHaveLength(2);
    const [first = 0, second = 0] = times(program.dumps);
    expect(second - first).toBeLessThan(1000);
  });
});
