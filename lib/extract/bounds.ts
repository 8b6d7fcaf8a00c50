// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { currentSession } from './session.js';
import { forgetHolders } from '../explain/holders.js';

/**
 * Outside of an extraction nothing that was found of functions and holders is kept. `act` is no
 * closure: that would hold what is looked for, and be found.
 */
export function withBounds<Argument, Result>(
  act: (argument: Argument) => Result,
  argument: Argument,
): Result {
  if (currentSession() !== null) return act(argument);
  try {
    return act(argument);
  } finally {
    forgetHolders();
  }
}
