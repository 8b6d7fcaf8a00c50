// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { expect, it } from 'vitest';
import { runNative } from '../support/native';

it('the place of a wait without an await is found in the text', async () => {
  expect(
    await runNative('implicit_await_test.cc', ['text/implicit_await.cc']),
  ).toBe('ok\n');
}, 60_000);
