// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { stopCoverage, takeCoverage } from 'node:v8';
import { afterAll } from 'vitest';

// vitest ends its processes by a signal. They have to exit, or what they counted is lost; and within
// a second, or they are killed: so what takes longer, V8's report, is written before that.
process.once('SIGTERM', () => process.exit(0));
afterAll(() => {
  takeCoverage();
  stopCoverage();
});
