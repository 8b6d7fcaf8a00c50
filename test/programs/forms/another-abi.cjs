// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** As in a Node that came out tomorrow: the addon is there and was built for another one. */

Object.defineProperty(process, 'versions', {
  value: { ...process.versions, modules: '1' },
});
require('./endings.cjs');
