// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { openDeclarations } from '../../lib/resources/using-declarations';

/** The names by block; `|` marks the place, and `?` an initializer that it is in. */
function open(source: string): string {
  const place = source.indexOf('|');
  const text = source.replace('|', '');
  const { blocks, certain } = openDeclarations(text, place);
  const shown = blocks
    .map((block) =>
      block
        .map(
          ({ name, isAsync, complete }) =>
            `${isAsync ? '*' : ''}${name}${complete ? '' : '?'}`,
        )
        .join(' '),
    )
    .join(', ');
  return certain ? shown : `${shown} (uncertain)`;
}

describe('openDeclarations', () => {
  it.each([
    ['() { |await x', ''],
    ['() { using a = b(); |await x', 'a'],
    ['() { await using a = b(), c = d(); |x', '*a *c'],
    ['() { using a = b(); { using c = d(); |x', 'a, c'],
    ['() { { using a = b(); } using c = d(); |x', 'c'],
    ['() { using a = |await x', 'a?'],
    ['() { using a = b, c = |await x', 'a c?'],
    ['() { using a = b((|await x', 'a?'],
    ['() { using a = b\n  |await x', 'a'],
    ['() { using a = b\n  .c(|await x', 'a?'],
    ['() { using a = b\n  + |await x', 'a?'],
    ['() { using a = b\n  != |await x', 'a?'],
    ['() { using a = b // c;\n  |await x', 'a'],
    ['() { using a = `b\n${ c }` \n |await x', 'a'],
    ['() { using a = { b() { using c = d; } }; |x', 'a'],
    [
      '() { using a = "{"; using b = /[{]/; using c = `{${ "}" }{`; |x',
      'a b c',
    ],
    ['() { using\na = 1; |x', ''],
    ['() { for (using of of [1]) |x', ''],
    ['() { for (using of y) { |x', ''],
    ['() { for (using a of b) { |x', 'a'],
    ['() { for (using a of b) { using c = d; |x', 'a, c'],
    ['() { for (using a of b) { } |x', ''],
    ['() { for (using a of b) for await (const c of d) { |x', 'a'],
    ['() { for (using a of b) for await (using c of d) { |x', 'a, c'],
    ['() { for (using a of |await b', 'a?'],
    ['() { for await (await using a of b) { |x', '*a'],
    ['() { for (using a = b, c = d; |x', 'a c'],
    ['() { for (using a of b) for (using c of d) { |x', 'a, c'],
    ['() { for (using a of b) |x', 'a'],
    ['() { for (using a of b) x(|y', 'a (uncertain)'],
    ['() { const f = () => { using c = d; }; using a = b; |x', 'a'],
    ['() { switch (x) { case 1: using a = b; |x', 'a'],
    ['() { using ä = b; using $c_1 = d; |x', 'ä $c_1'],
    ['() { using a = b; `never closed ${ c } |x', 'a'],
    ['() { using a = b; "never closed; |x', 'a'],
    // What makes no sense says nothing.
    ['() } using a = b; |x', ' (uncertain)'],
    ['() { using a = b; ( ] |x', ' (uncertain)'],
  ])('%s', (source, expected) => {
    expect(open(source)).toBe(expected);
  });

  it('gives the source text in one line, and not without end', () => {
    const describeOf = (text: string) =>
      openDeclarations(text).blocks[0]?.[0]?.description;
    expect(describeOf('() { using a = b(\n  1,\n  2,\n);')).toBe(
      'using a = b( 1, 2, )',
    );
    expect(describeOf('() { await using a = b;')).toBe('await using a = b');
    expect(describeOf('() { using a = b')).toBeNull();
    const long = describeOf(`() { using a = '${'x'.repeat(1_000)}';`);
    expect(long).toHaveLength('using '.length + 121);
    expect(long).toMatch(/x…$/);
  });
});
