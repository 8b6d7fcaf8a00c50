// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  COMBINATORS,
  CombinatorKind,
  ENUMS,
} from '../../lib/base/capture-schema.js';
import {
  headers,
  numbersHeader,
  rowsHeader,
  type Schema,
} from '../../scripts/generate-schema';

const SMALL: Schema = {
  ENUMS: { Pace: ['slow', 'very-fast'], Kind: { noThing: 0, some: 4 } },
  FLAGS: { Mark: { hideLine: 2 } },
  WORDS: { someWords: ['one', 'two'] },
  TEXTS: { someTexts: { one: 'the first' } },
  CONSTANTS: { perhapsRace: -1 },
  TABLES: {
    place: { packed: false, columns: { lineText: 'text', kind: 'Kind' } },
  },
  RECORDS: { answer: { pace: 'word?:Pace', places: 'table:place' } },
};

describe('the schema of captures', () => {
  test('the headers are those that it makes', () => {
    for (const [path, text] of headers()) {
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  test('the words of combinators are as many as their numbers', () => {
    expect(Object.values(CombinatorKind)).toEqual([...COMBINATORS.keys()]);
  });

  test('numbers count from 0 and leave none out: columns have nothing else for what is missing', () => {
    for (const members of Object.values(ENUMS)) {
      const numbers = Array.isArray(members)
        ? [...members.keys()]
        : Object.values(members);
      expect(numbers).toEqual([...numbers.keys()]);
    }
  });
});

describe('the headers of a schema', () => {
  test('enums, words, flags and constants', () => {
    const header = numbersHeader(SMALL);
    expect(header).toContain(
      'enum class Pace : int32_t {\n  kSlow = 0,\n  kVeryFast = 1,\n};',
    );
    expect(header).toContain('{"slow", "very-fast"}');
    expect(header).toContain('  kNoThing = 0,\n  kSome = 4,\n');
    expect(header).toContain(
      'struct Mark {\n  enum : int32_t {\n    kHideLine = 2,',
    );
    expect(header).toContain('inline constexpr int32_t kPerhapsRace = -1;');
  });

  test('rows of tables and records, whose fields have the names of both sides', () => {
    const header = rowsHeader(SMALL);
    expect(header).toContain(
      'struct PlaceRow {\n  Field<std::string_view> line_text;\n  Field<Kind> kind;\n',
    );
    expect(header).toContain('"lineText",');
    expect(header).toContain('Field<std::optional<Word<Pace>>> pace;');
    expect(header).toContain('Field<v8::Local<v8::Value>> places;');
  });

  test('a type that is none is refused', () => {
    const RECORDS = { answer: { pace: 'Speed' } };
    expect(() => rowsHeader({ ...SMALL, RECORDS })).toThrow(
      'no such type of a field: Speed',
    );
  });
});
