// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// As in a Node that the addon was not built for.
Object.defineProperty(process, 'versions', {
  value: { ...process.versions, modules: '1' },
});
require(process.argv[2]);
