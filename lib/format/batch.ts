// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Each chunk becomes one write: fewer calls than lines, and never the whole text at once. */
const CHUNK_CHARACTERS = 32_768;

/** Joins small pieces to chunks; a piece is never split, so a chunk may be longer. */
export function* batch(pieces: Iterable<string>): Generator<string> {
  let parts: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length >= CHUNK_CHARACTERS) {
      yield parts.join('');
      parts = [];
      length = 0;
    }
  }
  if (length > 0) yield parts.join('');
}
