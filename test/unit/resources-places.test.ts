// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Names and lines of what a frame holds, by the text of its function. */

import { describe, expect, it } from 'vitest';
import type { RawHolder } from '../../lib/resources/frame-resources';
import { frameResources } from '../../lib/resources/resources';
import { heldOf, type Row, sitesOf } from './capture-tables';
import type { Binding } from '../../lib/engine/binding';

type Entries = readonly Row<'heldEntry'>[];

let nextOffset = 0;

/** Each stands at a place of its own, as texts are read once a place. */
function holder(
  text: string,
  held: Entries,
  more: { script?: number; length?: number } = {},
): RawHolder {
  const { script = 0, length = text.length } = more;
  const start = (nextOffset += 1_000_000);
  const column = text.length - text.lastIndexOf('\n');
  return {
    sites: sitesOf({
      ...{ line: 9, column, script, scriptId: 1 },
      ...{ offset: start + length, functionOffset: start },
    }),
    site: 0,
    fn: () => {},
    held: heldOf(held),
    activation: {},
    scopes: [],
    following: { fn: undefined, nextFn: undefined, nextReceiver: undefined },
  };
}

function bindingOf(text: string, more: Partial<Binding> = {}): Binding {
  const seam: Partial<Binding> = {
    sourceText: () => text,
    registerObjects: () => undefined,
    scopes: () => undefined,
    ...more,
  };
  return seam as Binding;
}

const namesIn = (text: string, held: Entries): (string | null)[] =>
  frameResources(holder(text, held), bindingOf(text)).map(({ name }) => name);

describe('P20 which value is whose', () => {
  const TWO = '() { using a = x(); { using b = y(); await gate';
  const one = { value: 'one' };
  const two = { value: 'two', block: 1 };

  it('P20 by their order, where the blocks hold what the text declares', () => {
    expect(namesIn(TWO, [one, two])).toEqual(['a', 'b']);
  });

  it.each<[string, string, Entries]>([
    ['one block for two', TWO, [one, { value: 'two' }]],
    [
      'two blocks for one',
      '() { using a = x(), b = y(); await gate',
      [one, two],
    ],
    ['fewer', TWO, [one]],
    ['another kind', TWO, [one, { ...two, isAsync: true }]],
  ])('P29 not where there is %s', (_what, text, held) => {
    expect(new Set(namesIn(text, held))).toEqual(new Set([null]));
  });
});

describe('P20 lines', () => {
  const LINES = '() {\n  using a = x();\n  using b = y(); await gate';
  const held = [{ value: 'one' }, { value: 'two' }];
  const linesIn = (
    text: string,
    script: number,
    map: string,
  ): (number | null)[] =>
    frameResources(
      holder(text, held, { script }),
      bindingOf(text, { sourceMapUrl: () => map }),
    ).map(({ lineNumber }) => lineNumber);
  /** `mappings`: of the lines from the ninth down. */
  const inline = (mappings: string): string =>
    `data:application/json,${encodeURIComponent(
      JSON.stringify({
        version: 3,
        sources: ['f.ts'],
        names: [],
        mappings: `;;;;;;;${mappings}`,
      }),
    )}`;

  it('P20 of the script, where it has no map, or none that can be had', () => {
    expect(linesIn(LINES, 0, inline('AAgDA'))).toEqual([8, 9]);
    expect(linesIn(LINES, 1_001, '')).toEqual([8, 9]);
  });

  it('P20 of the source, where there is one', () => {
    // Line 8 comes from line 49 of the source, line 9 from line 50.
    expect(linesIn(LINES, 1_002, inline('AAgDA;AACA'))).toEqual([49, 50]);
  });

  it('P20 none of a first line whose beginning is not known', () => {
    const text = '() { using a = x();\n  using b = y(); await gate';
    expect(linesIn(text, 1_003, inline('AAgDA;AACA'))).toEqual([null, 50]);
  });

  it('P20 by the column of the place, on its own line', () => {
    const text = '() { using a = x(); using b = y(); await gate';
    expect(linesIn(text, 1_004, inline(';AAgDA'))).toEqual([49, 49]);
  });
});

describe('P29 texts', () => {
  const TEXT = '() { using a = x(); await gate';
  const held = [{ value: 'one' }];

  it('P29 of a function that is too long are not read', () => {
    let reads = 0;
    const binding = bindingOf(TEXT, {
      sourceText: () => {
        reads++;
        return TEXT;
      },
    });
    const [resource] = frameResources(
      holder(TEXT, held, { length: 200_001 }),
      binding,
    );
    expect([resource?.value, resource?.name, reads]).toEqual(['one', null, 0]);
    const [short] = frameResources(holder(TEXT, held), binding);
    expect([short?.name, reads]).toEqual(['a', 1]);
  });

  it('P29 are read once a place, and not kept without end', () => {
    let reads = 0;
    const binding = bindingOf(TEXT, {
      sourceText: () => {
        reads++;
        return TEXT;
      },
    });
    const first = holder(TEXT, held);
    frameResources(first, binding);
    frameResources(first, binding);
    expect(reads).toBe(1);
    for (let other = 0; other < 1_000; other++) {
      frameResources(holder(TEXT, held), binding);
    }
    frameResources(first, binding);
    expect(reads).toBe(1_002);
  });

  it('P29 with something that cannot be a token are read up to there', () => {
    const text = '() { using a = x(); `not closed';
    expect(namesIn(text, held)).toEqual(['a']);
  });
});
