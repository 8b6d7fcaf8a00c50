// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

/**
 * The rooms of `lib/`, from the bottom to the top (`docs/architecture.md`). A room imports from those
 * below it, so the graph of the folders has no circles.
 */
const ROOMS = [
  'base',
  'redact',
  'model',
  'format',
  'explain',
  'engine',
  'source-maps',
  'register',
  'hooks',
  'resources',
  'open-ends',
  'threads',
  'extract',
  'glue',
];

/** What is not in a room: the entries, which are above all of them. */
const ENTRIES = '^lib/[^/]+$';

module.exports = {
  forbidden: [
    ...ROOMS.map((room, at) => ({
      name: `below-${room}`,
      comment: `lib/${room} imports from what is above it`,
      severity: 'error',
      from: { path: `^lib/${room}/` },
      to: {
        path: [
          ENTRIES,
          ...ROOMS.slice(at + 1).map((above) => `^lib/${above}/`),
        ],
      },
    })),
    {
      name: 'no-room',
      comment: 'a folder of lib/ that has no place in the order of the rooms',
      severity: 'error',
      from: {
        path: '^lib/[^/]+/',
        pathNot: ROOMS.map((room) => `^lib/${room}/`),
      },
      to: {},
    },
    {
      name: 'no-circle',
      comment:
        'files that are loaded in a circle; types may refer to each other',
      severity: 'error',
      from: { path: '^lib/' },
      to: {
        circular: true,
        viaOnly: { dependencyTypesNot: ['type-only'] },
      },
    },
    {
      name: 'only-lib',
      comment: 'what is shipped imports what is not',
      severity: 'error',
      from: { path: '^lib/' },
      // As `dist/` has it: a thread that is asked loads the whole package then.
      to: {
        pathNot: ['^lib/', '^\\./index\\.js$'],
        dependencyTypesNot: ['core'],
      },
    },
  ],
  options: {
    tsConfig: {
      fileName: require('node:path').join(__dirname, 'tsconfig.json'),
    },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
