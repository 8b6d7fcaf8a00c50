// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, test } from 'vitest';
import { AsynctbError } from '../../lib/base/errors.js';
import { CallGraph } from '../../lib/model/call-graph.js';
import { dumpFromRaw } from '../../lib/model/dump-from-raw.js';
import { Resource } from '../../lib/model/resource.js';
import { Stack } from '../../lib/model/stack.js';
import {
  makeFrame,
  META,
  RAW_PROCESS,
  RawThreadBuilder,
} from './model-fixtures.js';

/** Besides the ends of our own lines. */
const UNSEEN =
  /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u;

const UNSEEN_CHARACTERS: [name: string, text: string, escaped: string][] = [
  ['a colour', '\u001b[31m', '\\x1b[31m'],
  ['a title', '\u001b]0;t\u0007', '\\x1b]0;t\\x07'],
  ['nothing', '\0', '\\x00'],
  ['delete', '\u007f', '\\x7f'],
  ['C1', '\u009b2J', '\\x9b2J'],
  ['a soft hyphen', '\u00ad', '\\xad'],
  ['an Arabic mark', '\u061c', '\\u061c'],
  ['a Mongolian separator', '\u180e', '\\u180e'],
  ['no width', '\u200b\u200c\u200d', '\\u200b\\u200c\\u200d'],
  ['marks', '\u200e\u200f', '\\u200e\\u200f'],
  ['embeddings', '\u202a\u202e', '\\u202a\\u202e'],
  ['a word joiner', '\u2060', '\\u2060'],
  ['isolates', '\u2066\u2069', '\\u2066\\u2069'],
  ['line ends', '\u2028\u2029', '\\u2028\\u2029'],
  ['a byte order mark', '\ufeff', '\\ufeff'],
  ['a filler', '\u3164', '\\u3164'],
  ['tags', '\u{e0001}\u{e0041}', '\\u{e0001}\\u{e0041}'],
  ['a variation', '\u{e0100}', '\\u{e0100}'],
  ['half a character', '\ud83d', '\\ud83d'],
  ['the other half', '\ude00', '\\ude00'],
];

function stackOf(evil: string): Stack {
  const frame = makeFrame({
    name: evil,
    script: `/${evil}.js`,
    text: `x ${evil} y`,
  });
  frame.locals = { [evil]: evil };
  const resource = new Resource(Symbol(evil), true, evil, 3);
  resource.description = evil;
  frame.resources = [resource];
  return new Stack(
    Symbol(evil),
    [frame],
    [evil],
    new AsynctbError('ERR_ASYNCTB_HOOK_FAILED', `because of ${evil}`),
  );
}

describe.each(UNSEEN_CHARACTERS)('%s', (_name, evil, escaped) => {
  test.each([[false], [true]])(
    'is escaped in stacks (only ASCII: %s)',
    (asciiOnly) => {
      const stack = stackOf(evil);
      const options = { locals: true, showResources: true, asciiOnly };
      const graph = new CallGraph(stack.root, stack);
      const texts = [
        stack.format(options),
        stack.formatFlat(options),
        graph.format(options),
        String(stack.frames[0]),
      ];
      for (const text of texts) {
        expect(text).not.toMatch(UNSEEN);
        if (!asciiOnly) expect(text).toContain(escaped);
      }
    },
  );

  test('is escaped in dumps', () => {
    const builder = new RawThreadBuilder();
    const site = builder.site({ name: evil, script: evil, text: evil });
    builder.group(2, builder.frame(site, builder.leaf()));
    const dump = dumpFromRaw(
      [
        builder.build({
          name: evil,
          errors: [
            { code: 'ERR_ASYNCTB_UNSUPPORTED', message: `a\r\n${evil}` },
          ],
        }),
      ],
      { ...RAW_PROCESS, argv: ['/usr/bin/node', evil, `--title=${evil}`] },
      META,
    );
    const text = String(dump);
    expect(text).not.toMatch(UNSEEN);
    expect(text.split(escaped).length).toBeGreaterThan(5);
    expect(JSON.parse([...dump.chunks({ format: 'json' })].join(''))).toEqual(
      JSON.parse(JSON.stringify(dump)),
    );
  });
});

test('what can be seen stays as it is', () => {
  const text = 'Ünïcode → 支払い עברית 🎉 a\u0301';
  expect(String(makeFrame({ name: text }))).toContain(text);
});
