// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string =>
  fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  cacheDir: '.cache/vite',
  resolve: {
    // What is tested is what is shipped: the built files, loaded by Node itself.
    alias: [
      { find: /^asynctb$/, replacement: here('dist/index.mjs') },
      {
        find: /^asynctb\/(explain|lowlevel|register)$/,
        replacement: here('dist/$1.mjs'),
      },
    ],
  },
  test: {
    include: ['test/{unit,integration,lifecycle,native}/**/*.test.ts'],
    // A process each: the addon keeps state for its environment, and a crash must have one owner.
    pool: 'forks',
    poolOptions: {
      forks: { minForks: 1, maxForks: 2, execArgv: ['--throw-deprecation'] },
    },
    allowOnly: false,
    silent: 'passed-only',
    expect: { requireAssertions: true },
    setupFiles:
      process.env['ASYNCTB_COVERAGE'] === '1'
        ? ['scripts/lib/coverage-setup.ts']
        : [],
    server: { deps: { external: [/\/dist\//, /\/lib\/.*\.js$/] } },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
