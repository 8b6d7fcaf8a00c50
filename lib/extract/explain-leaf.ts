// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { isObject } from '../base/own.js';
import { currentSession } from './session.js';
import { AsynctbError, invalidArgument } from '../base/errors.js';
import { say } from '../model/notes.js';

/**
 * Says what waiting for an object means, where nothing is to be found inside of it: output prints
 * it behind the object when that is a leaf of the stack. Null takes the note back. Only for hooks.
 */
export function explainLeaf(leaf: object, note: string | null): void {
  if (!isObject(leaf)) throw invalidArgument('leaf', 'an object');
  if (note !== null && typeof note !== 'string') {
    throw invalidArgument('note', 'a string or null');
  }
  if (currentSession() === null) {
    throw new AsynctbError(
      'ERR_ASYNCTB_NOT_IN_HOOK',
      'explainLeaf() works only inside a hook, while an extraction runs it',
    );
  }
  say(leaf, note);
}
