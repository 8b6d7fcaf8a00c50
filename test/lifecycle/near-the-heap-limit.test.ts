// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child';

/**
 * Each program builds something large, fills the heap nearly up to its limit, and asks every question of the
 * public API. One that took memory for what it does not show would end it: "JavaScript heap out of memory".
 */
interface Answers {
  awaiters: string;
  few: string;
  callGraph: string;
  promiseReactions: number;
  dump: number;
}

const LIMIT_MB = 180;
const ROOM_MB = 64;

async function ask(
  structure: string,
  size: number,
  roomMb = ROOM_MB,
): Promise<Answers> {
  const { code, signal, stdout, stderr } = await runChild(
    '../bounds/near-limit.cjs',
    {
      flags: [`--max-old-space-size=${LIMIT_MB}`, '--expose-gc'],
      args: [structure, String(size), String(roomMb)],
    },
  );
  // What it said last is the question that was too much.
  expect({ code, signal }, stderr).toEqual({ code: 0, signal: null });
  return JSON.parse(stdout) as Answers;
}

describe('near the limit of the heap no question is too much', () => {
  it.each([
    ['awaiters', 50_000],
    ['callbacks', 100_000],
    ['oneInput', 200_000],
    ['races', 30_000],
    ['generators', 25_000],
  ])('many who wait for one promise: %s', async (structure, size) => {
    const answers = await ask(structure, size);
    // Beside these there is an async generator.
    const all = size + 1;
    expect(answers.awaiters).toBe(
      `10000 of awaited by ${all} and ${digits(all - 10_000)} more ERR_ASYNCTB_MAX_FRAMES`,
    );
    expect(answers.few).toBe(`and ${digits(all - 10)} more`);
    expect(answers.callGraph).toMatch(
      new RegExp(`^\\d+ and (\\d+): and [\\d,]+ more ERR_ASYNCTB_MAX_FRAMES$`),
    );
    expect(answers.promiseReactions).toBe(10_000);
  });

  it.each([
    ['adopters', 200_000],
    ['chain', 200_000],
    ['adoptingChain', 200_000],
    ['asyncChain', 80_000],
    ['inputs', 50_000],
    ['pool', 50_000],
    ['holders', 60_000],
  ])('%s', async (structure, size) => {
    expect(await ask(structure, size)).toHaveProperty('dumpAsync', 1);
  });

  // Each part of these costs more: fewer of them, and as much less room.
  it('a ladder', async () => {
    expect(await ask('ladder', 15_000, 40)).toHaveProperty('dumpAsync', 1);
  });

  it('a queue in which each task stands in a stack of its own', async () => {
    const answers = await ask('queue', 10_000, 40);
    expect(answers.dump).toBe(10_001);
  });
});

function digits(value: number): string {
  return value.toLocaleString('en-US');
}
