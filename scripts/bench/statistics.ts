// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined) {
    throw new Error('the median of nothing');
  }
  return (lower + upper) / 2;
}

/** Of each the run that other work disturbed least: for what takes the same time whenever it is undisturbed. */
export function bestOf<K extends string>(
  results: Readonly<Record<K, readonly number[]>>,
): Record<K, number> {
  const names = Object.keys(results) as K[];
  return Object.fromEntries(
    names.map((name) => [name, Math.min(...results[name])]),
  ) as Record<K, number>;
}

/** The range that holds the middle half of the values. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return `middle half ${at(0.25).toFixed(3)} to ${at(0.75).toFixed(3)}`;
}

/** Runs every measurement once a round, in alternating order, so that drift hits all alike. */
export async function interleave<K extends string>(
  rounds: number,
  measurements: Readonly<Record<K, () => Promise<number>>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(measurements) as K[];
  const results = Object.fromEntries(
    names.map((name): [K, number[]] => [name, []]),
  ) as Record<K, number[]>;
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      results[name].push(await measurements[name]());
    }
  }
  return results;
}
