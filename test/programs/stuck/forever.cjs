// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Work of a pool that takes long.

module.exports = () => new Promise((resolve) => setTimeout(resolve, 1e6));
