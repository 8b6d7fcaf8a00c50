// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// For programs that are dumped more than once: each signal is answered at once, and not a second after the
// last dump. To be loaded after asynctb/register.

const addon = Object.keys(require.cache).find((path) =>
  /asynctb[^/]*\.node$/.test(path),
);
if (addon !== undefined) require(addon).pauseBetweenDumps(0);
