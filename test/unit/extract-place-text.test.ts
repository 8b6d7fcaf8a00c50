// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { readPlace, splitLines } from '../../lib/engine/place-text';

/** What stands at the `¦` in a source. */
function constructAt(source: string): string {
  const lines = splitLines(source);
  const row = lines.findIndex((line) => line.includes('¦'));
  const column = lines[row]?.indexOf('¦') ?? -1;
  lines[row] = lines[row]?.replace('¦', '') ?? '';
  return readPlace(lines, row, column).construct;
}

describe('the construct at a place', () => {
  it.each([
    ['a = ¦yield* b()', 'yield*'],
    ['¦yield * b()', 'yield*'],
    ['¦yield /* a comment */ * b()', 'yield*'],
    ['¦yield /* on\ntwo lines */ * b()', 'yield*'],
    ['¦yield a * b', 'other'],
    ['¦yield', 'other'],
    ['¦yield\n;', 'other'],
    ['¦yieldStar * 2', 'other'],
    ['¦await a', 'await'],
    ['¦awaited', 'other'],
    ['for await (const ¦a of b)', 'other'],
    ['for await (const { a ¦} of b)', 'other'],
    ['function* f(a = 1) ¦{ yield }', 'body'],
    ['¦', 'other'],
  ])('%s', (source, construct) => {
    expect(constructAt(source)).toBe(construct);
  });

  it('is nothing outside of the source', () => {
    expect(readPlace(['a'], 5, 3)).toEqual({
      lineText: '',
      construct: 'other',
    });
    expect(readPlace(['a'], -1, 0)).toEqual({
      lineText: '',
      construct: 'other',
    });
  });
});

describe('the line at a place', () => {
  it('stands there as in the source', () => {
    const line = '\t  yield 1;  ';
    expect(readPlace([line], 0, 3).lineText).toBe(line);
  });

  it('is not cut in the middle of a character', () => {
    const line = '🎉'.repeat(300);
    for (const column of [80, 81, 200, 201]) {
      expect(readPlace([line], 0, column).lineText).toMatch(/^…?(?:🎉)+…?$/u);
    }
  });

  it('is cut around the column when it is very long', () => {
    const line = `${'a'.repeat(500)}yield 1;${'b'.repeat(500)}`;
    const { lineText } = readPlace([line], 0, 500);
    expect(lineText).toMatch(/^…a{80}yield 1;b+…$/);
    expect(lineText).toHaveLength(242);
    expect(readPlace([line], 0, 0).lineText).toMatch(/^a+…$/);
    expect(readPlace([line], 0, line.length).lineText).toMatch(/^…b+$/);
  });

  it('ends where V8 says that lines end', () => {
    expect(splitLines('a\nb\r\nc\rd\u2028e\u2029f')).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
    ]);
  });
});
