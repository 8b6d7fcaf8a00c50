// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  checkOptions,
  type Checks,
  flag,
  oneOf,
  text,
} from '../base/arguments.js';
import { isObject } from '../base/own.js';
import { currentSession } from './session.js';
import { AsynctbError, invalidArgument } from '../base/errors.js';
import { say } from '../model/notes.js';
import { WAIT_KINDS, type WaitKind, waitReason } from '../model/wait-reason.js';

/** What a hook says of a leaf. */
export interface LeafReason {
  /** One line: output prints it behind the leaf. */
  text: string;
  /** Default `'unknown'`. */
  kind?: WaitKind | undefined;
  /** Default true. */
  sure?: boolean | undefined;
}

const CHECKS: Checks<LeafReason> = {
  text,
  kind: oneOf(WAIT_KINDS),
  sure: flag,
};

/**
 * Says what waiting for an object means, where nothing is to be found inside of it: output prints
 * it behind the object when that is a leaf of the stack, whose `wait` it is. Null takes it back. Only for
 * hooks.
 *
 * @example
 * explainLeaf(promise, { kind: 'lock', text: 'the lock of the cache' });
 */
export function explainLeaf(
  leaf: object,
  reason: string | LeafReason | null,
): void {
  if (!isObject(leaf)) throw invalidArgument('leaf', 'an object');
  const given = checkReason(reason);
  if (currentSession() === null) {
    throw new AsynctbError(
      'ERR_ASYNCTB_NOT_IN_HOOK',
      'explainLeaf() works only inside a hook, while an extraction runs it',
    );
  }
  if (given === null) {
    say(leaf, null);
    return;
  }
  const { kind = 'unknown', sure = true } = given;
  say(leaf, waitReason(kind, given.text, { sure }));
}

function checkReason(reason: string | LeafReason | null): LeafReason | null {
  if (reason === null) return null;
  if (typeof reason === 'string') return { text: reason };
  if (!isObject(reason)) {
    throw invalidArgument('reason', 'a string, an object or null');
  }
  const given = checkOptions(reason, CHECKS, 'reason');
  return { ...given, text: text('reason.text', given.text) };
}
