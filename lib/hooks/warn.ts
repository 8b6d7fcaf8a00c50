// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  GlobalWeakSet,
  WeakSetPrototypeAdd,
  WeakSetPrototypeHas,
} from '../base/primordials.js';
import { isNativeError } from '../base/node-types.js';
import { nodeProcess } from '../base/node-process.js';
import {
  describeError,
  describeValue,
  errorHeadline,
} from '../format/describe.js';
import { escapeLines } from '../format/text.js';
import { AsynctbError } from '../base/errors.js';

const warned = new GlobalWeakSet<object>();

/** Failing glue is reported once, and the rest goes on without it. */
export function warnOnce(glue: object, what: string, thrown: unknown): void {
  if (WeakSetPrototypeHas(warned, glue)) return;
  WeakSetPrototypeAdd(warned, glue);
  nodeProcess.emitWarning(
    escapeLines(
      `${what} failed: ${errorHeadline(describeError(toError(thrown)))}. Stacks may lack what it would have added.`,
    ),
    { type: 'AsynctbWarning', code: 'ASYNCTB_FAILING_GLUE' },
  );
}

/** What a hook threw, as it is if it is an error; of anything else, an error that says so. */
export function toError(thrown: unknown): Error {
  if (isNativeError(thrown)) return thrown;
  return new AsynctbError(
    'ERR_ASYNCTB_HOOK_FAILED',
    `a hook threw ${describeValue(thrown)}, which is no error`,
    { cause: thrown },
  );
}
