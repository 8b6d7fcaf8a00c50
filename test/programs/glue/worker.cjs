// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** A task of a worker pool that never comes to its end. */
module.exports = () => new Promise(() => {});
