// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap } from '../base/lists.js';
import {
  RegExpReplaceIn,
  RegExpSplitIn,
  RegExpTest,
} from '../base/patterns.js';
import {
  ArrayPrototypeJoin,
  MathMax,
  RegExpPrototypeExec,
  StringPrototypeIncludes,
  StringPrototypeSlice,
} from '../base/primordials.js';
import { looksRandom } from './random-text.js';
import { isIdentifierName, REDACTED } from './secret-names.js';

/** What may be a key, a path or a word. */
const TOKEN = /[A-Za-z0-9_+/.~@%-]{20,}={0,2}/g;
const SEPARATE = /([./=~@%]+)/;

export function redactRandom(text: string): string {
  return RegExpReplaceIn(text, TOKEN, redactToken);
}

function redactToken(token: string, at: number, text: string): string {
  if (isPath(token) || isNamedIdentifier(text, at)) return token;
  if (
    !StringPrototypeIncludes(token, '.') &&
    looksRandom(RegExpReplaceIn(token, /=+$/, ''))
  ) {
    return REDACTED;
  }
  return ArrayPrototypeJoin(
    ArrayPrototypeMap(RegExpSplitIn(token, SEPARATE), (part) =>
      looksRandom(part) ? REDACTED : part,
    ),
    '',
  );
}

/** Folders and files may have random names. They stand below one, or before an ending, that has not. */
const ABSOLUTE =
  /^(?:~|\.{0,2})\/(?:[a-z@._][a-z0-9@._-]{0,30}|[A-Z][a-z]{2,15})\//;
const RELATIVE = /^@?[a-z][a-z0-9_-]{0,30}\/[^]*\.[a-z0-9]{1,5}$/;
const FILE =
  /^[A-Za-z][\w.-]*\.(?:[cm]?[jt]sx?|json|map|css|html?|wasm|node|log|txt|sock|pid|so|t?gz|zip)$/;

function isPath(token: string): boolean {
  return (
    RegExpTest(ABSOLUTE, token) ||
    RegExpTest(RELATIVE, token) ||
    RegExpTest(FILE, token)
  );
}

/** `traceId=4bf9…`, `"commit":"18b5…"`. */
function isNamedIdentifier(text: string, at: number): boolean {
  const before = StringPrototypeSlice(text, MathMax(0, at - 64), at);
  const name = RegExpPrototypeExec(
    /([A-Za-z_$][\w.$-]*)["']?[ \t]{0,8}[=:][ \t]{0,8}["']?$/,
    before,
  )?.[1];
  return name !== undefined && isIdentifierName(name);
}
