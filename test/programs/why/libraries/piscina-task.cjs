// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

module.exports = () => new Promise(() => setInterval(() => {}, 60_000));
