// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run generate`: writes the C++ headers of `lib/base/capture-schema.ts`. With `--check` it writes nothing,
 * and fails when they are not what it would write.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as schema from '../lib/base/capture-schema';

/** What the headers are made of. */
export interface Schema {
  readonly ENUMS: Readonly<Record<string, Members>>;
  readonly FLAGS: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly CONSTANTS: Readonly<Record<string, number>>;
  readonly WORDS: Readonly<Record<string, readonly string[]>>;
  /** Texts by name. */
  readonly TEXTS: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly TABLES: Readonly<
    Record<string, { readonly packed: boolean; readonly columns: Fields }>
  >;
  readonly RECORDS: Readonly<Record<string, Fields>>;
}

/** Words, which count from 0, or numbers by name. */
type Members = readonly string[] | Readonly<Record<string, number>>;
type Fields = Readonly<Record<string, string>>;

const HEAD = `// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Written by \`npm run generate\` from lib/base/capture-schema.ts, which says what each thing means.
// clang-format off
`;

/** `kebab-case` and `camelCase` as the name of an enumerator or constant. */
function constant(name: string): string {
  return `k${pascal(name)}`;
}

function pascal(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function numbered(members: Members): [name: string, value: number][] {
  return Array.isArray(members)
    ? members.map((name: string, value) => [name, value])
    : Object.entries(members as Record<string, number>);
}

function enumText(name: string, members: Members): string {
  const lines = numbered(members).map(
    ([member, value]) => `  ${constant(member)} = ${value},\n`,
  );
  const text = `enum class ${name} : int32_t {\n${lines.join('')}};\n`;
  if (!Array.isArray(members)) return text;
  const words = members.map((word: string) => `"${word}"`).join(', ');
  return `${text}
constexpr const char* WordOf(${name} value) {
  constexpr const char* kWords[] = {${words}};
  return kWords[static_cast<int32_t>(value)];
}
`;
}

function flagsText(
  name: string,
  members: Readonly<Record<string, number>>,
): string {
  const lines = Object.entries(members).map(
    ([member, value]) => `    ${constant(member)} = ${value},\n`,
  );
  return `struct ${name} {\n  enum : int32_t {\n${lines.join('')}  };\n};\n`;
}

/** `native/base/capture_schema.h` */
export function numbersHeader({
  ENUMS,
  FLAGS,
  CONSTANTS,
  WORDS,
  TEXTS,
}: Schema): string {
  const parts = [
    ...Object.entries(ENUMS).map(([name, members]) => enumText(name, members)),
    ...Object.entries(FLAGS).map(([name, members]) => flagsText(name, members)),
    Object.entries(CONSTANTS)
      .map(
        ([name, value]) =>
          `inline constexpr int32_t ${constant(name)} = ${value};\n`,
      )
      .join(''),
    ...Object.entries(WORDS).map(
      ([name, words]) =>
        `inline constexpr std::string_view ${constant(name)}[] = {\n${words.map((word) => `    "${word}",\n`).join('')}};\n`,
    ),
    ...Object.entries(TEXTS).map(
      ([name, texts]) =>
        `inline constexpr std::string_view ${constant(name)}[][2] = {\n${Object.entries(
          texts,
        )
          .map(([key, text]) => `    {"${key}", "${text}"},\n`)
          .join('')}};\n`,
    ),
  ];
  return `${HEAD}#pragma once

#include <cstdint>
#include <string_view>

namespace asynctb {

${parts.join('\n')}
}  // namespace asynctb
`;
}

/** How a field is kept in a row, before it becomes a value of JavaScript's. */
const ROW_TYPES: Readonly<Record<string, string>> = {
  int: 'int32_t',
  number: 'double',
  flag: 'bool',
  text: 'std::string_view',
  'text?': 'std::optional<std::string_view>',
};

function rowType(type: string, { ENUMS }: Schema): string {
  const known = ROW_TYPES[type];
  if (known !== undefined) return known;
  if (type in ENUMS) return type;
  const [, optional, word] = /^word(\?)?:(.+)$/.exec(type) ?? [];
  if (word !== undefined && Array.isArray(ENUMS[word])) {
    return optional === undefined
      ? `Word<${word}>`
      : `std::optional<Word<${word}>>`;
  }
  if (!isValue(type)) throw new Error(`no such type of a field: ${type}`);
  return 'v8::Local<v8::Value>';
}

/** What the C++ side makes itself, by other writers. */
function isValue(type: string): boolean {
  return /^(values?|objects?|objectLists|ints|numbers)\??$|^(table|record|list)\??:\w+$/.test(
    type,
  );
}

function rowText(
  name: string,
  fields: Fields,
  packed: boolean | null,
  all: Schema,
): string {
  const entries = Object.entries(fields);
  const members = entries.map(
    ([field, type]) => `  Field<${rowType(type, all)}> ${snake(field)};\n`,
  );
  const names = entries.map(([field]) => `      "${field}",\n`);
  const visits = entries.map(
    ([field]) => `    visit(${snake(field)}.value());\n`,
  );
  const shape =
    packed === null ? '' : `  static constexpr bool kPacked = ${packed};\n`;
  return `struct ${pascal(name)}Row {
${members.join('')}
${shape}  static constexpr std::string_view kNames[] = {
${names.join('')}  };
  template <typename Visit>
  void Each(Visit&& visit) const {
${visits.join('')}  }
};
`;
}

/** `native/values/capture_rows.h` */
export function rowsHeader(all: Schema): string {
  const rows = [
    ...Object.entries(all.TABLES).map(([name, { packed, columns }]) =>
      rowText(name, columns, packed, all),
    ),
    ...Object.entries(all.RECORDS).map(([name, fields]) =>
      rowText(name, fields, null, all),
    ),
  ];
  return `${HEAD}// A row without one of its fields does not compile.
#pragma once

#include <v8.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/capture_schema.h"
#include "values/field.h"

namespace asynctb {

${rows.join('\n')}
}  // namespace asynctb
`;
}

/** The headers by their paths. */
export function headers(): [path: string, text: string][] {
  const path = (name: string): string =>
    fileURLToPath(new URL(`../native/${name}`, import.meta.url));
  return [
    [path('base/capture_schema.h'), numbersHeader(schema)],
    [path('values/capture_rows.h'), rowsHeader(schema)],
  ];
}

function main(check: boolean): void {
  for (const [path, text] of headers()) {
    if (!check) {
      writeFileSync(path, text);
    } else if (readFileSync(path, 'utf8') !== text) {
      console.error(
        `${path} is not what lib/base/capture-schema.ts says: npm run generate`,
      );
      process.exitCode = 1;
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main(process.argv.includes('--check'));
}
