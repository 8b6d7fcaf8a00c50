// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Small modules of WebAssembly, assembled by hand. */

const NOP = [0x01];
const call = (index) => [0x10, index];

/** Lengths and numbers stay below 128: one byte each. */
const section = (id, ...content) => [
  id,
  content.flat(2).length,
  ...content.flat(2),
];
const text = (string) => [string.length, ...Buffer.from(string)];

/**
 * Imports are numbered first, then the functions: each takes and returns nothing and is given by its
 * instructions. `names`: a name section of this, by number.
 */
function assemble({ imports = [], functions, exports, names = [] }) {
  const bodies = functions.map((code) => {
    const body = [0, ...code.flat(), 0x0b];
    return [body.length, ...body];
  });
  const named = [
    names.length,
    ...names.flatMap(([index, name]) => [index, ...text(name)]),
  ];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(
      2,
      [imports.length],
      imports.flatMap(([module, name]) => [
        ...text(module),
        ...text(name),
        0,
        0,
      ]),
    ),
    ...section(
      3,
      [functions.length],
      functions.map(() => 0),
    ),
    ...section(
      7,
      [exports.length],
      exports.flatMap(([name, index]) => [...text(name), 0, index]),
    ),
    ...section(10, [bodies.length], ...bodies),
    ...(names.length === 0
      ? []
      : section(0, text('name'), [1, named.length], named)),
  );
}

module.exports = { NOP, assemble, call };
