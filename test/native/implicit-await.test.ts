// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');

it('the place of a wait without an await is found in the text', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'asynctb-await-'));
  try {
    const program = path.join(directory, 'implicit-await');
    await run(process.env['CXX'] ?? 'g++', [
      '-std=c++20',
      '-I',
      path.join(root, 'native'),
      path.join(root, 'test/native/implicit_await_test.cc'),
      path.join(root, 'native/text/implicit_await.cc'),
      '-o',
      program,
    ]);
    const { stdout } = await run(program);
    expect(stdout).toBe('ok\n');
  } finally {
    await rm(directory, { recursive: true });
  }
}, 60_000);
