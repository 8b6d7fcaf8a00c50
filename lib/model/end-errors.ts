// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Why a stack ends where it does, in the same words whoever has made it. */

import { AsynctbError } from '../base/errors.js';

/** The chain comes back to what stands above. */
export function cycleError(): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_CYCLE',
    'the chain comes back to a frame above: these tasks wait for each other',
  );
}

/** `hint`: what a caller can do about it. */
export function tooManyFrames(maxFrames: number, hint = ''): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_MAX_FRAMES',
    `more than ${maxFrames} frames and branches: the rest is not shown${hint}`,
  );
}
