// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as raw from '../../lib/base/raw.js';

const header = readFileSync(
  new URL('../../native/base/capture.h', import.meta.url),
  'utf8',
);

/** The enumerators of one enum, as [name, number]. */
function enumerators(name: string): [string, number][] {
  const body = new RegExp(`enum class ${name} .*?\\{(.*?)\\}`, 's').exec(
    header,
  );
  const found = body?.[1]?.matchAll(/\bk(\w+) = (\d+)/g) ?? [];
  return [...found].map(([, each = '', value]) => [each, Number(value)]);
}

function kebab(name: string): string {
  return name.replace(/\B[A-Z]/g, '-$&').toLowerCase();
}

describe('the numbers that TypeScript and C++ share', () => {
  test('kinds and states of frames', () => {
    for (const [name, list] of [
      ['FrameKind', raw.FRAME_KINDS],
      ['FrameState', raw.FRAME_STATES],
    ] as const) {
      expect(
        enumerators(name).map(([each, value]) => [kebab(each), value]),
      ).toEqual(list.map((each, index) => [each, index]));
    }
  });

  test('types of nodes', () => {
    expect(enumerators('NodeType')).toEqual([
      ['Frame', raw.NODE_FRAME],
      ['Combinator', raw.NODE_COMBINATOR],
      ['Leaf', raw.NODE_LEAF],
      ['Cycle', raw.NODE_CYCLE],
      ['Ready', raw.NODE_READY],
      ['Cut', raw.NODE_CUT],
      ['Collected', raw.NODE_COLLECTED],
    ]);
  });

  test('combinators', () => {
    expect(enumerators('CombinatorKind').map(([, value]) => value)).toEqual([
      ...raw.COMBINATORS.keys(),
    ]);
  });
});
