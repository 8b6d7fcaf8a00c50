// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ObjectFreeze, SetPrototypeHas } from './primordials.js';
import { SetFrom } from './lists.js';

/** All codes there are, those of the addon included. docs/api.md says what to do about each. */
export const ERROR_CODES = ObjectFreeze([
  'ERR_ASYNCTB_BAD_CAPTURE',
  'ERR_ASYNCTB_BAD_HOOK',
  'ERR_ASYNCTB_BLOCKED',
  'ERR_ASYNCTB_CYCLE',
  'ERR_ASYNCTB_HOOK_FAILED',
  'ERR_ASYNCTB_IN_OTHER_THREAD',
  'ERR_ASYNCTB_INVALID_ARG',
  'ERR_ASYNCTB_MAX_FRAMES',
  'ERR_ASYNCTB_NESTING',
  'ERR_ASYNCTB_NO_BINARY',
  'ERR_ASYNCTB_NO_DESCRIPTOR',
  'ERR_ASYNCTB_NO_FRAME',
  'ERR_ASYNCTB_NO_RUNNING_STACK',
  'ERR_ASYNCTB_NOT_IN_HOOK',
  'ERR_ASYNCTB_NOT_REGISTERED',
  'ERR_ASYNCTB_NOT_RUNNING',
  'ERR_ASYNCTB_OUT_OF_MEMORY',
  'ERR_ASYNCTB_OUT_OF_RANGE',
  'ERR_ASYNCTB_THREAD_EXITED',
  'ERR_ASYNCTB_THREAD_NOT_STARTED',
  'ERR_ASYNCTB_TIMED_OUT',
  'ERR_ASYNCTB_TOO_MANY',
  'ERR_ASYNCTB_UNSUPPORTED',
  'ERR_ASYNCTB_UNWRAP_LOOP',
] as const);

/** What the `code` of an error of asynctb may be. */
export type AsynctbErrorCode = (typeof ERROR_CODES)[number];

const CODES: ReadonlySet<string> = SetFrom(ERROR_CODES);

export function isErrorCode(code: string): code is AsynctbErrorCode {
  return SetPrototypeHas(CODES, code);
}
