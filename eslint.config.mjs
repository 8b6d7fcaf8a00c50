// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import tseslint from 'typescript-eslint';
import primordials from './scripts/lint/primordials.mjs';

/** Where built-ins are taken from, before the program can have changed them. */
const CAPTURED = [
  'generators',
  'json',
  'lists',
  'node-buffer',
  'node-process',
  'node-types',
  'patterns',
  'primordials',
].map((name) => `lib/base/${name}.ts`);

export default tseslint.config(
  {
    ignores: ['**/*', '!lib/**', '!test/**', '!scripts/**', 'test/programs/**'],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    files: ['lib/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    rules: {
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true },
      ],
      // What comes from a program need not be of the type that was asked for.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'off',
      // Says what its caller expects.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // What is not needed to import asynctb is loaded where it is used.
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  {
    files: CAPTURED,
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      // Here an assertion says less than TypeScript would find.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
    },
  },
  {
    files: ['lib/**/*.ts'],
    ignores: CAPTURED,
    plugins: { asynctb: primordials },
    rules: { 'asynctb/primordials': 'error' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Functions of test programs are handed over to be looked at, not to be called.
      '@typescript-eslint/unbound-method': 'off',
      // What is no promise is awaited, what waits for nothing is async, and what is no error is thrown:
      // to see what comes of it.
      '@typescript-eslint/await-thenable': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      // Vitest's matchers, such as `expect.objectContaining`, are `any`.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { varsIgnorePattern: '^_' },
      ],
    },
  },
);
