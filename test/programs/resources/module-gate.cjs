// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** What `module.mjs` waits for. */

const { deferred } = require('../forms/deferred.cjs');

exports.waiting = deferred();
exports.leaving = deferred();
