// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Compiled, never run: `using`, where the language has it.

import { watchdog, type Watchdog } from 'asynctb';

{
  using dog = watchdog({ thresholdMs: 1_000 });
  const same: Watchdog & Disposable = dog;
  same.stop();
}
