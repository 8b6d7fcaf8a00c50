// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Compiled by tests in many ways: the types make sure that no line stays where it is. */
interface Row {
  readonly id: number;
}

type Gate = Promise<Row>;

class Loader {
  constructor(private readonly gate: Gate) {}

  async load(): Promise<Row> {
    const row: Row = await this.gate;
    return row;
  }
}

export async function main(gate: Gate): Promise<Row> {
  const loader: Loader = new Loader(gate);
  return await loader.load();
}

interface Callback<T> {
  (): T;
}

export function run<T>(callback: Callback<T>): T {
  const result: T = callback();
  return result;
}

export function* numbers(): Generator<number, void, undefined> {
  const one: number = 1;
  yield one;
}
