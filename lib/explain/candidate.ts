// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Path } from './paths.js';
import type { Explained } from './rule.js';

/** What a task may wait for, and how that was reached. */
export interface Candidate extends Explained {
  readonly path: Path;
  readonly rank: number;
  readonly isAdded?: boolean;
}
