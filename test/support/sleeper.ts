// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** An addon that is not ours, compiled where it is first needed. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findHeaders } from '../../scripts/build-native.mjs';
import { projectRoot } from '../../scripts/lib/suite';

export function compileSleeper(target: string): void {
  execFileSync(process.env['CXX'] ?? 'g++', [
    '-shared',
    '-fPIC',
    `-I${join(
      findHeaders(() => {}),
      'include',
      'node',
    )}`,
    join(projectRoot, 'test', 'programs', 'threads', 'sleeper.cc'),
    '-o',
    target,
  ]);
}
