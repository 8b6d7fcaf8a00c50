// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { takeCoverage } from 'node:v8';
import { afterAll } from 'vitest';

// vitest ends its processes by a signal. They have to exit, or what they counted is lost; and within
// a second, or they are killed: V8's report, which takes long, is written before that.
process.once('SIGTERM', () => process.exit(0));
afterAll(() => takeCoverage());
