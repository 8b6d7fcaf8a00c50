// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { DumpFormat } from '../model/formats.js';
import { jsonFormat } from './dump-json.js';
import { textFormat } from './dump-text.js';

/** All that a dump can be printed as. Each is defined in its own file, and no other file knows its name. */
export const DUMP_FORMATS: readonly DumpFormat[] = [textFormat, jsonFormat];
