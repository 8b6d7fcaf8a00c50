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

it('threads take turns', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'asynctb-turns-'));
  try {
    const program = path.join(directory, 'turns');
    await run(process.env['CXX'] ?? 'g++', [
      '-std=c++20',
      '-I',
      path.join(root, 'native'),
      path.join(root, 'test/native/thread_turns_test.cc'),
      path.join(root, 'native/threads/thread_turns.cc'),
      '-o',
      program,
    ]);
    const { stdout } = await run(program);
    expect(stdout).not.toMatch(/^failed/mu);
    expect(stdout.match(/^ok /gmu)).toHaveLength(7);
  } finally {
    await rm(directory, { recursive: true });
  }
}, 60_000);
