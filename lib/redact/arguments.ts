// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  RegExpPrototypeExec,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { redactText, redactValue } from './redact.js';
import { isSecretName, REDACTED } from './secret-names.js';

/** The command line, argument by argument. */
export function redactArguments(args: readonly string[]): string[] {
  const result: string[] = [];
  let flag = '';
  for (const arg of args) {
    ArrayPrototypePush(result, redactArgument(flag, arg));
    flag = RegExpTest(/^--?[A-Za-z][\w.-]*$/, arg)
      ? RegExpReplaceIn(arg, /^-+/, '')
      : '';
  }
  return result;
}

/** `flag`: what stands before it as an argument of its own, without its hyphens. */
function redactArgument(flag: string, arg: string): string {
  const isFlag = RegExpTest(/^--?[A-Za-z]/, arg);
  if (flag !== '' && !isFlag) {
    if (isSecretName(flag)) return REDACTED;
    if (RegExpTest(USER_FLAG, flag)) return redactUser(arg);
    return redactValue(flag, arg);
  }
  const assignment = RegExpPrototypeExec(
    /^[-/]{0,2}([A-Za-z_][\w.-]{0,127})([=:])/,
    arg,
  );
  if (assignment === null) return redactText(arg);
  const { 0: head, 1: name = '', 2: sign } = assignment;
  const value = StringPrototypeSlice(arg, head.length);
  // What begins with a scheme is no name with a value.
  if (sign === ':' && StringPrototypeStartsWith(value, '//'))
    return redactText(arg);
  if (isSecretName(name)) return value === '' ? head : head + REDACTED;
  if (RegExpTest(USER_FLAG, name)) return head + redactUser(value);
  return head + redactValue(name, value);
}

const USER_FLAG = /^(?:u|user|proxy-user|userpwd|proxy-userpwd|http-user)$/;

/** `name:password`, as curl takes it. */
function redactUser(text: string): string {
  const colon = StringPrototypeIndexOf(text, ':');
  return colon > 0 &&
    colon < text.length - 1 &&
    !RegExpTest(/^[a-z]+:\/\//i, text)
    ? `${StringPrototypeSlice(text, 0, colon + 1)}${REDACTED}`
    : redactText(text);
}
