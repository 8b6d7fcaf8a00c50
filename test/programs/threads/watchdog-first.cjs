// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// To be loaded before asynctb/register: what prints the dumps is started without it.

require('asynctb').watchdog({ thresholdMs: 3_600_000 });
