// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Programs of C++ that need no Node. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../scripts/lib/suite';

const run = promisify(execFile);

/** What a program prints that is compiled of a test's file and files of `native/`. */
export async function runNative(
  test: string,
  sources: readonly string[],
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'asynctb-native-'));
  try {
    const program = join(directory, 'program');
    await run(process.env['CXX'] ?? 'g++', [
      '-std=c++20',
      '-I',
      join(projectRoot, 'native'),
      join(projectRoot, 'test', 'native', test),
      ...sources.map((source) => join(projectRoot, 'native', source)),
      '-o',
      program,
    ]);
    return (await run(program)).stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}
