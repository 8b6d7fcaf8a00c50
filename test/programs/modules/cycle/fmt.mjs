// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { registry } from './main.mjs';

export const fmt = () => registry;
