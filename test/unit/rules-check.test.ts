// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Which rules are accepted, by asynctb and by the schema that it publishes. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import '../../lib/base/node-types.js';
import { checkRules } from '../../lib/explain/check-rules.js';

const schema = JSON.parse(
  readFileSync(
    new URL('../../docs/rules.schema.json', import.meta.url),
    'utf8',
  ),
) as object;
const matches = new Ajv2020({ allowUnionTypes: true }).compile(schema);

const RULE = { classes: ['Latch'], kind: 'lock', text: 'a latch' };
const many = (count: number): object[] =>
  Array.from({ length: count }, () => RULE);
const long = (length: number): string => 'x'.repeat(length);

interface Thrown {
  code: string;
  message: string;
}

function refusal(given: unknown): Thrown {
  try {
    checkRules('rules', given);
  } catch (error) {
    const { code, message } = error as Thrown;
    return { code, message };
  }
  return { code: 'none', message: 'accepted' };
}

const GOOD: readonly (readonly [string, unknown])[] = [
  ['no rule', []],
  ['one', [RULE]],
  ['as many as there may be', many(1_000)],
  ['in an object, as in a file', { $schema: 'x', rules: [RULE] }],
  [
    'with all members',
    [
      {
        classes: ['Latch', '_Latch', 'Лента'],
        kind: 'pool',
        text: 'latch {name|sql} of {Pool.options.max}[, {#waiting#} wait since {since|ms}] {config.depth}',
        rank: 0,
        within: 'Pool',
        when: { state: 'open', 'config.on': true, size: 1.5 },
      },
    ],
  ],
  ['lengths of lists of whatever name', [{ ...RULE, text: '{keys#} keys' }]],
  ['what is undefined', [{ ...RULE, rank: 100, text: long(500) }]],
];

type Bad = [what: string, given: unknown, message: RegExp, code?: string][];
const BAD: Bad = [
  ['nothing', undefined, /^rules must be an array of rules$/],
  ['null', null, /^rules must be an array of rules$/],
  ['a text', 'rules', /^rules must be an array of rules$/],
  ['a rule alone', RULE, /^rules must be without "classes": it has rules, /],
  ['no list in an object', {}, /^rules\.rules must be an array of rules$/],
  ['a list of texts', ['x'], /^rules\[0\] must be an object$/],
  ['a list of lists', [[]], /^rules\[0\] must be an object$/],
  ['nothing in a rule', [{}], /^rules\[0\]\.classes must be an array/],
  [
    'another member',
    [RULE, { ...RULE, clases: [] }],
    /^rules\[1\] must be without "clases": it has classes, kind, text, rank, within, when$/,
  ],
  [
    'a class alone',
    [{ ...RULE, classes: 'A' }],
    /^rules\[0\]\.classes must be/,
  ],
  ['no class', [{ ...RULE, classes: [] }], /at least one class/, 'RANGE'],
  [
    'a class that is none',
    [{ ...RULE, classes: [1] }],
    /classes\[0\] must be a/,
  ],
  [
    'a class of 1 MB',
    [{ ...RULE, classes: ['A', long(1_000_000)] }],
    /^rules\[0\]\.classes\[1\] must have at most 200 characters$/,
    'RANGE',
  ],
  [
    'another kind',
    [{ ...RULE, kind: 'latch' }],
    /^rules\[0\]\.kind must be one/,
  ],
  ['no text', [{ ...RULE, text: '' }], /text must not be empty$/, 'RANGE'],
  ['a long text', [{ ...RULE, text: long(501) }], /at most 500/, 'RANGE'],
  ['two lines', [{ ...RULE, text: 'a\nb' }], /text must be one line/],
  ['an open brace', [{ ...RULE, text: '{a' }], /text must be a sentence/],
  ['an open bracket', [{ ...RULE, text: '[{a}' }], /text must be a sentence/],
  ['no field in a part', [{ ...RULE, text: '[a]' }], /text must be a sentence/],
  ['a part in a part', [{ ...RULE, text: '[[{a}]]' }], /must be a sentence/],
  ['a rank that is none', [{ ...RULE, rank: '1' }], /rank must be a number$/],
  ['a high rank', [{ ...RULE, rank: 101 }], /from 0 to 100$/, 'RANGE'],
  ['a rank below 0', [{ ...RULE, rank: -1 }], /from 0 to 100$/, 'RANGE'],
  ['an owner that is none', [{ ...RULE, within: 1 }], /within must be a str/],
  [
    'a value that is none',
    [{ ...RULE, when: { a: null } }],
    /when\["a"\] must/,
  ],
  ['a list as a value', [{ ...RULE, when: { a: [] } }], /when\["a"\] must/],
  ['a list of values', [{ ...RULE, when: [] }], /when must be an object$/],
  ['10,000 rules', many(10_000), /at most 1000 elements$/, 'RANGE'],
];

/** What the schema cannot say. */
const BAD_FOR_US: Bad = [
  [
    'another filter',
    [{ ...RULE, text: '{a|raw}' }],
    /followed by \|sql, \|path/,
  ],
  ['a filter of a length', [{ ...RULE, text: '{a#|ms}' }], /without a filter/],
  [
    'a deep field',
    [{ ...RULE, text: '{a.b.c}' }],
    /"a\.b\.c" of rules\[0\]\.text/,
  ],
  ['a length of a field of a field', [{ ...RULE, text: '{a.b#}' }], /a list/],
  ['a field with blanks', [{ ...RULE, text: '{a b}' }], /the name of a field/],
  ['21 fields', [{ ...RULE, text: '{a}'.repeat(21) }], /20 fields$/, 'RANGE'],
];

const codeOf = (code = 'INVALID'): string =>
  code === 'RANGE' ? 'ERR_ASYNCTB_OUT_OF_RANGE' : 'ERR_ASYNCTB_INVALID_ARG';

describe('rules', () => {
  it.each(GOOD)('%s are accepted', (_what, given) => {
    expect(refusal(given).message).toBe('accepted');
    expect(matches(given), JSON.stringify(matches.errors)).toBe(true);
  });

  it.each(BAD)('%s: refused, with the place', (_what, given, message, code) => {
    const refused = refusal(given);
    expect(refused.message).toMatch(message);
    expect(refused.code).toBe(codeOf(code));
    expect(matches(given)).toBe(false);
  });

  it.each(BAD_FOR_US)('%s: refused', (_what, given, message, code) => {
    const refused = refusal(given);
    expect(refused.message).toMatch(message);
    expect(refused.code).toBe(codeOf(code));
  });

  it.each([
    'password',
    'dbPassword',
    'token',
    'accessToken',
    'authorization',
    'cookie',
    'secret',
    'client_secret',
    'session',
    'sessionId',
    'key',
    'apiKey',
    'cacheKey',
    '_key',
    '#secret',
    'options.password',
    'credentials.value',
    'session.id',
    'api.key',
  ])('a field called %s is refused', (name) => {
    const message =
      /what is called so may be a secret, and no rule may read it$/;
    for (const text of [`{${name}}`, `[, {Pool.${name}|path}]`])
      expect(refusal([{ ...RULE, text }]).message).toMatch(message);
    expect(refusal([{ ...RULE, when: { [name]: 1 } }]).message).toMatch(
      message,
    );
  });

  it('the fields that are not always read are told', () => {
    const text =
      '{name} {options.max} {depth} {Pool.depth} {list#}[ {config.max}] {#own}';
    const { fields } = checkRules('rules', [
      { ...RULE, text, when: { open: true, state: 1 } },
    ]);
    expect([...fields].sort()).toEqual(['#own', 'config.max', 'depth', 'open']);
  });
});

describe('objects that are no plain data', () => {
  const fail = (): never => {
    throw new Error('it has run');
  };

  it('getters do not run, and are refused', () => {
    const withGetter = (of: object, key: string): object =>
      Object.defineProperty(
        Array.isArray(of) ? [...(of as unknown[])] : { ...of },
        key,
        {
          get: fail,
          enumerable: true,
        },
      );
    expect(refusal([withGetter(RULE, 'text')]).message).toBe(
      'rules[0].text must be plain data, not a getter',
    );
    expect(refusal(withGetter([RULE], '0')).message).toBe(
      'rules[0] must be plain data, not a getter',
    );
    expect(refusal(withGetter({}, 'rules')).message).toBe(
      'rules.rules must be plain data, not a getter',
    );
    const when = withGetter({}, 'state');
    expect(refusal([{ ...RULE, when }]).message).toBe(
      'rules[0].when.state must be plain data, not a getter',
    );
  });

  it('proxies are refused, and no trap runs', () => {
    const traps = { get: fail, ownKeys: fail, getOwnPropertyDescriptor: fail };
    for (const given of [
      new Proxy([RULE], traps),
      [new Proxy(RULE, traps)],
      [{ ...RULE, classes: new Proxy(['A'], traps) }],
      [{ ...RULE, when: new Proxy({}, traps) }],
    ])
      expect(refusal(given).code).toBe('ERR_ASYNCTB_INVALID_ARG');
  });

  it('holes are refused', () => {
    expect(refusal(Array(3)).message).toBe('rules[0] must be there');
  });

  it('what has itself inside is refused', () => {
    const list: unknown[] = [];
    list.push(list);
    expect(refusal(list).message).toBe('rules[0] must be an object');
    const rule: Record<string, unknown> = { ...RULE };
    rule['when'] = { rule };
    rule['classes'] = [rule];
    expect(refusal([rule]).message).toMatch(
      /^rules\[0\]\.classes\[0\] must be/,
    );
    expect(refusal([{ ...rule, classes: ['A'] }]).message).toMatch(
      /^rules\[0\]\.when\["rule"\] must be/,
    );
  });

  it('what prototypes have is no part of a rule', () => {
    const proto = Object.prototype as Record<string, unknown>;
    const text = JSON.stringify([RULE]).replace(
      '{',
      '{"__proto__":{"rank":1},',
    );
    expect(refusal(JSON.parse(text)).message).toMatch(/without "__proto__"/);
    const when = JSON.parse('{"__proto__":{"state":1}}') as object;
    expect(refusal([{ ...RULE, when }]).message).toMatch(/"__proto__"/);
    expect(proto['rank']).toBeUndefined();
    try {
      proto['within'] = 1;
      proto['rules'] = [RULE];
      expect(refusal([RULE]).message).toBe('accepted');
      expect(refusal({}).message).toMatch(/^rules\.rules must be an array/);
      expect(checkRules('rules', [RULE]).json).toBe(JSON.stringify([RULE]));
    } finally {
      delete proto['within'];
      delete proto['rules'];
    }
  });

  it('toJSON does not run', () => {
    const rule = { ...RULE };
    Object.defineProperty(rule, 'toJSON', { value: fail });
    const classes = Object.assign(['A'], { toJSON: fail });
    expect(refusal([{ ...rule, classes }]).message).toBe('accepted');
  });
});
