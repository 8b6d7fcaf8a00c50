// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Where the forms are, and what they are about. */
exports.files = {
  generators: 'generators',
  'async-generators': 'async generators',
  delegations: 'delegations',
  functions: 'async functions',
  promises: 'promises',
  combinators: 'combinators',
  'for-await': 'for await',
  sources: 'sources',
};

exports.allForms = () =>
  Object.keys(exports.files).flatMap((file) =>
    Object.values(require(`./${file}.cjs`)).flat(),
  );
