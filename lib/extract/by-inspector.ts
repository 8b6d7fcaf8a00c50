// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { Stack } from '../model/stack.js';
import type { ResolvedOptions } from './options.js';

export function extractByInspector(
  target: unknown,
  _options: ResolvedOptions,
): Stack {
  return new Stack(target, [], [target]);
}
