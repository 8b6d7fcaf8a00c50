// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');

/** What the C++ compiler is told for each kind of file, and what the program is. */
const VARIANTS = [
  { name: 'with a build id', flags: ['-Wl,--build-id=sha1'], args: [] },
  { name: 'without a build id', flags: ['-Wl,--build-id=none'], args: [] },
  {
    name: 'stripped',
    flags: ['-Wl,--build-id=sha1', '-s'],
    args: ['stripped'],
  },
] as const;

describe.runIf(process.platform === 'linux')('symbols of an ELF file', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'asynctb-symbols-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  it.each(VARIANTS)(
    'are found, and damage is survived: $name',
    async ({ name, flags, args }) => {
      const program = path.join(directory, name.replaceAll(' ', '-'));
      await run(process.env['CXX'] ?? 'g++', [
        '-std=c++17',
        '-O1',
        '-pthread',
        '-I',
        path.join(root, 'native'),
        path.join(root, 'test/native/symbols_elf_test.cc'),
        path.join(root, 'native/v8/symbols_elf.cc'),
        path.join(root, 'native/base/own_descriptors.cc'),
        '-o',
        program,
        ...flags,
      ]);
      const { stdout } = await run(program, args);
      expect(stdout).not.toMatch(/^failed/mu);
      expect(stdout).toMatch(/^ok /mu);
    },
    60_000,
  );
});
