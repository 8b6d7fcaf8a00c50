// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { expect, it } from 'vitest';
import { runNative } from '../support/native';

it('threads take turns', async () => {
  const printed = await runNative('thread_turns_test.cc', [
    'threads/thread_turns.cc',
  ]);
  expect(printed).not.toMatch(/^failed/mu);
  expect(printed.match(/^ok /gmu)).toHaveLength(7);
}, 60_000);
