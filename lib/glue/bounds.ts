// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { currentSession } from '../extract/session.js';
import { forgetHolders } from './holders.js';

/** Outside of an extraction nothing that was found of functions and holders is kept. */
export function withBounds<Result>(act: () => Result): Result {
  if (currentSession() !== null) return act();
  try {
    return act();
  } finally {
    forgetHolders();
  }
}
