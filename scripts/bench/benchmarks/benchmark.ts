// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Target } from '../program';
import type { Row } from '../table';

export interface BenchmarkOptions {
  /** The Node that runs what is measured. */
  target: Target;
  /** Divides repetitions, to see that a benchmark runs at all. */
  haste: number;
  progress: (what: string) => void;
}

export type Benchmark = (options: BenchmarkOptions) => Promise<Row[]>;
