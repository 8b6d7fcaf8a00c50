// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { parser } from 'typescript-eslint';
import primordials from './scripts/lint/primordials.mjs';

export default [
  {
    files: ['lib/**/*.ts'],
    // Where built-ins are taken from, before the program can have changed them.
    ignores: [
      'lib/base/generators.ts',
      'lib/base/json.ts',
      'lib/base/lists.ts',
      'lib/base/node-buffer.ts',
      'lib/base/node-process.ts',
      'lib/base/node-types.ts',
      'lib/base/patterns.ts',
      'lib/base/primordials.ts',
    ],
    languageOptions: {
      parser,
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { asynctb: primordials },
    rules: { 'asynctb/primordials': 'error' },
  },
];
