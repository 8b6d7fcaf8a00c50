// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { dump, extract, Stack } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { expectBlock } from '../support/assert-stack';
import { runForJson } from '../support/child';
import { loadProgram, runFormatters } from '../support/forms';

interface OddPlaces {
  oddPlaces(): Promise<[name: string, task: Promise<unknown>][]>;
  leaves: Record<string, object>;
}

const { oddPlaces, leaves } = loadProgram<OddPlaces>('odd-places.cjs');

describe('P73 what is printed or plain holds nothing of the program', () => {
  it('P73 after a garbage collection nothing is left but what a stack holds', async () => {
    const held = await runForJson<Record<string, string[]>>('summary.cjs', {
      flags: ['--expose-gc'],
    });
    const { 'a stack': control, ...summaries } = held;
    expect(control).toEqual(
      expect.arrayContaining(['payload', 'task', 'generator', 'receiver']),
    );
    expect(Object.keys(summaries)).toHaveLength(6);
    for (const [name, left] of Object.entries(summaries)) {
      expect([name, left]).toEqual([name, []]);
    }
  });
});

describe('P74 printed all the same', () => {
  it('P74 eval code, no name, no file, odd positions, values that throw', async () => {
    const tasks = await oddPlaces();
    for (const [name, task] of tasks) {
      const stack = extract(task, { locals: true });
      expect([name, stack.length, stack.error]).toEqual([name, 1, null]);
      const printed = [
        stack.format({ locals: true }),
        stack.formatFlat(),
        stack.format({ locals: true, asciiOnly: true }),
      ];
      expect(JSON.parse(JSON.stringify(stack))).toHaveProperty('frames');
      for (const text of printed) {
        expect(text.split('\n').length).toBeGreaterThan(1);
        // One entry a line, and nothing that a terminal would obey.
        expect(text).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u202e]*$/);
      }
    }
    const text = String(dump({ locals: true }));
    expect(text).toContain(' named.js:1:20');
    expect(text).toContain('one = Object');
    expect(text).toContain('two = Proxy');
  });

  it('P74 as roots and leaves too', () => {
    for (const value of Object.values(leaves)) {
      const stack = new Stack(value, [], [value], new Error('of a hook'));
      expect(runFormatters(stack)).toContain('Error: of a hook');
    }
  });
});

describe('a comparison that fails', () => {
  it('prints the block that would be right, ready to paste', () => {
    const actual = 'async-function load @here\nleaf promise';
    expect(() => expectBlock(actual, 'async-function other @here')).toThrow(
      `the stack is another one; it is\n\n${actual}\n`,
    );
    expect(() => expectBlock('', actual)).toThrow('(no frames)');
  });
});
