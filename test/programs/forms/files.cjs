// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Where the forms are, and what they are about. */
exports.files = {
  generators: 'generators',
  'async-generators': 'async generators',
  delegations: 'delegations',
  functions: 'async functions',
  evaluated: 'evaluated code',
  promises: 'promises',
  'other-promises': 'promises of other classes and realms',
  combinators: 'combinators',
  'for-await': 'for await',
  sources: 'sources',
};

exports.allForms = () =>
  Object.keys(exports.files).flatMap((file) =>
    Object.values(require(`./${file}.cjs`)).flat(),
  );
