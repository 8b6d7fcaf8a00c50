// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The lines of a text, as V8 counts them, without a copy of each. */
export class TextLines {
  readonly #text: string;
  /** Where each line begins; found when a line is first asked for. */
  #starts: number[] | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** By its 0-based number, without its end; null when there are not so many. */
  line(row: number): string | null {
    this.#starts ??= startsOf(this.#text);
    const from = this.#starts[row];
    if (from === undefined) return null;
    const to = this.#starts[row + 1] ?? this.#text.length + 1;
    return this.#text.slice(from, to).replace(/[\n\r\u2028\u2029]+$/, '');
  }
}

function startsOf(text: string): number[] {
  const starts = [0];
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  while (ends.exec(text) !== null) starts.push(ends.lastIndex);
  return starts;
}
