// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Takes secrets out of what is going to be printed: values of variables, messages, notes, the command
 * line. All output goes through here, in the watcher's own isolate too. Each expression takes time that
 * grows with the text's length only, and the length is bounded.
 */

import { ArrayPrototypeMap } from '../base/lists.js';
import { StringPrototypeSplit } from '../base/patterns.js';
import {
  ArrayPrototypeJoin,
  MathMax,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
} from '../base/primordials.js';
import { redactForms } from './known-forms.js';
import { redactNamed } from './named.js';
import { redactRandom } from './random-tokens.js';
import { isIdentifierName, isSecretName, REDACTED } from './secret-names.js';

/** Of a longer text the rest is not shown. */
const LONGEST_TEXT = 65_536;

/** `text` without the secrets that can be recognised. */
export function redactText(text: string): string {
  const cut = bounded(text, LONGEST_TEXT);
  const end = cut.length < text.length ? '…' : '';
  return redactRandom(redactNamed(redactForms(cut))) + end;
}

/**
 * Like `redactText`, for who shows at most `length` characters: the secret of which a part would be
 * shown is recognised as a whole.
 */
export function redactBeginning(text: string, length: number): string {
  const window = length + LOOK_AHEAD;
  if (text.length <= window) return redactText(text);
  return `${redactText(bounded(text, window))}…`;
}

const LOOK_AHEAD = 4096;

/** Without the word that would be cut, or it would not be recognised. */
function bounded(text: string, length: number): string {
  if (text.length <= length) return text;
  const least = MathMax(length - LOOK_AHEAD / 2, 0);
  let end = length;
  while (end > least && !isBlank(StringPrototypeCharCodeAt(text, end - 1)))
    end--;
  // A word that long is recognised by what it begins with.
  return StringPrototypeSlice(text, 0, end > least ? end : length);
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** What a variable, a field or a parameter of this name holds, as text. */
export function redactValue(name: string, text: string): string {
  if (isSecretName(name)) return REDACTED;
  return isIdentifierName(name) ? redactKnown(text) : redactText(text);
}

/** The same for who shows at most `length` characters, as `redactBeginning` does. */
export function redactValueBeginning(
  name: string,
  text: string,
  length: number,
): string {
  if (text.length <= length + LOOK_AHEAD) return redactValue(name, text);
  return isSecretName(name) ? REDACTED : redactBeginning(text, length);
}

/** No value at all, a yes or no, or a function: shown whatever the name is. */
export function isHarmlessValue(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'function'
  );
}

/** Without what only looks random. */
function redactKnown(text: string): string {
  return redactNamed(redactForms(bounded(text, LONGEST_TEXT)));
}

/** The path of a URL. Its parts may be keys, as in links to reset a password. */
export function redactUrlPath(path: string): string {
  return ArrayPrototypeJoin(
    ArrayPrototypeMap(StringPrototypeSplit(redactText(path), '/'), redactText),
    '/',
  );
}

/** A line of a program's source: names stand beside expressions there, so only values count. */
export function redactSource(line: string): string {
  return redactForms(line);
}
