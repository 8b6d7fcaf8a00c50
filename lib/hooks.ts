// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** `asynctb/hooks`: what teaches asynctb a library. `asynctb` exports the same. */

import './install.js';

export * from './hook-surface.js';
