// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

const report = require('./frames.cjs');

require('asynctb/explain').register([])();
require('asynctb/lowlevel');
report(require('asynctb'));
