// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callOnce } from '../program';
import { bestOf, interleave } from '../statistics';
import { limited, milliseconds, times } from '../table';
import type { Benchmark } from './benchmark';

const PROGRAM = 'import.cjs';

/** All that an addon without content needs, in any Node. */
const EMPTY_ADDON =
  'void* napi_register_module_v1(void* env, void* exports) { return exports; }';

/** A package whose addon is empty, made and loaded as asynctb is: an ES module around a CommonJS one. */
function writeEmptyPackage(directory: string): string {
  const built = path.join(directory, 'build', 'Release');
  mkdirSync(built, { recursive: true });
  const source = path.join(directory, 'empty.c');
  writeFileSync(source, EMPTY_ADDON);
  execFileSync('cc', [
    '-shared',
    '-fPIC',
    '-o',
    path.join(built, 'empty.node'),
    source,
  ]);
  writeFileSync(path.join(directory, 'package.json'), '{"name":"empty"}');
  writeFileSync(
    path.join(directory, 'index.js'),
    "module.exports = require('./build/Release/empty.node');\n",
  );
  const entry = path.join(directory, 'index.mjs');
  writeFileSync(
    entry,
    "import { createRequire } from 'node:module';\ncreateRequire(import.meta.url)('./index.js');\n",
  );
  return entry;
}

export const importing: Benchmark = async ({ target, haste, progress }) => {
  progress('importing');
  const directory = mkdtempSync(path.join(tmpdir(), 'asynctb-bench-'));
  try {
    const empty = writeEmptyPackage(directory);
    const load = (file: string) => () =>
      callOnce(PROGRAM, { target }, 'load', file);
    const results = await interleave(Math.max(3, Math.round(40 / haste)), {
      ours: load(path.join(target.root, 'dist', 'index.mjs')),
      empty: load(empty),
    });
    const best = bestOf(results);
    return [
      limited(
        "import 'asynctb' : an empty addon",
        best.ours / best.empty,
        times,
        { atMost: 1.5 },
        `${milliseconds(best.ours)} : ${milliseconds(best.empty)}`,
      ),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
};
