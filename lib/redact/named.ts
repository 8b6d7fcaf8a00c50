// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  MathMax,
  MathMin,
  RegExpPrototypeExec,
  StringPrototypeCharAt,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { isSecretName, REDACTED } from './secret-names.js';

/** What stands under a secret name: `name=value`, `"name": "value"`, `--name value`. */
export function redactNamed(text: string): string {
  return RegExpReplaceIn(
    redactAfter(redactAfter(text, NAME), FLAG),
    USER_OPTION,
    `$1${REDACTED}`,
  );
}

/** `curl --user name:password` */
const USER_OPTION =
  /(?<![\w-])((?:-u|--(?:proxy-)?user)[ \t=]{1,4}[^\s:"'/]{1,64}:)(?!\/\/)[^\s"']+/g;

/** Ends where the value begins. */
const NAME =
  /(?<![\w$.-])-{0,2}(\\?["'`]?)([A-Za-z_$][\w.$-]{0,127}(?:\[\w{0,40}\])?)\1([ \t]{0,8}(?:=>|[=:]|%3[AD]|,(?=[ \t]{0,8}\\?["']))[ \t]{0,8})(?=[^\s(=])/gi;

const FLAG = /(?<![\w-])--?()([A-Za-z][\w.-]{0,127})([ \t]{1,8})(?=[^\s-])/g;

/** `name` finds a quotation mark, a name and a sign, in this order. */
function redactAfter(text: string, name: RegExp): string {
  let result = '';
  let from = 0;
  name.lastIndex = 0;
  for (
    let found = RegExpPrototypeExec(name, text);
    found !== null;
    found = RegExpPrototypeExec(name, text)
  ) {
    const { 1: quote = '', 2: key = '', 3: sign = '' } = found;
    const begin = name.lastIndex;
    if (!isSecretName(key) && !isSecretName(withWordBefore(found, text))) {
      continue;
    }
    // An object: its fields have names of their own.
    if (text[begin] === '{' && sign !== '=') continue;
    // A list of words; only one of headers has names beside values.
    if (StringPrototypeIncludes(sign, ',') && quote === '') continue;
    // A scheme, as in `auth://host`.
    if (
      StringPrototypeIncludes(sign, ':') &&
      StringPrototypeStartsWith(text, '//', begin)
    )
      continue;
    const end = endOfValue(
      text,
      begin,
      RegExpTest(WHOLE_LINE, key) && sign !== '=',
    );
    if (isLiteral(StringPrototypeSlice(text, begin, MathMin(end, begin + 16))))
      continue;
    const mark = quoteAt(text, begin);
    result += StringPrototypeSlice(text, from, begin) + mark + REDACTED + mark;
    from = end;
    name.lastIndex = end;
  }
  return result + StringPrototypeSlice(text, from);
}

function quoteAt(text: string, begin: number): string {
  return (
    RegExpPrototypeExec(
      /^\\?["'`]/,
      StringPrototypeSlice(text, begin, begin + 2),
    )?.[0] ?? ''
  );
}

/** `API key: …`: of a name in prose, the last two words. */
function withWordBefore(found: RegExpExecArray, text: string): string {
  const { 1: quote = '', 2: key = '' } = found;
  if (quote !== '') return '';
  const before = StringPrototypeSlice(
    text,
    MathMax(0, found.index - 24),
    found.index,
  );
  const word = RegExpPrototypeExec(/(?:^|[^A-Za-z])([A-Za-z]+) $/, before)?.[1];
  return word === undefined ? '' : `${word} ${key}`;
}

/** Headers whose value goes on to the end of the line. */
const WHOLE_LINE = /^(?:proxy-)?authorization$|cookie$/i;

const END_OF_WORD = /[\s"`;&]|'(?!\w)|$/g;
const END_OF_LINE = /[\r\n"'`]|$/g;
const END_OF_LIST = /\]|$/g;
const END_OF_BRACES = /\}|$/g;

function endOfValue(text: string, begin: number, isLine: boolean): number {
  const first = text[begin] ?? '';
  if (first === '\\') {
    // Within a text that has been quoted once more.
    const end = StringPrototypeIndexOf(
      text,
      StringPrototypeSlice(text, begin, begin + 2),
      begin + 2,
    );
    return end < 0 ? text.length : end + 2;
  }
  if (first === '"' || first === "'" || first === '`') {
    return endOfQuotation(text, begin, first);
  }
  if (first === '[') return indexOf(text, END_OF_LIST, begin) + 1;
  if (first === '{') return indexOf(text, END_OF_BRACES, begin) + 1;
  let end = indexOf(text, isLine ? END_OF_LINE : END_OF_WORD, begin);
  // What closes a bracket around it, most of the time.
  while (
    end > begin + 1 &&
    StringPrototypeIncludes(')]},', StringPrototypeCharAt(text, end - 1))
  )
    end--;
  return end;
}

function endOfQuotation(text: string, begin: number, quote: string): number {
  for (let at = begin + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

/** Where `pattern` is first found; it also finds the end. */
function indexOf(text: string, pattern: RegExp, begin: number): number {
  pattern.lastIndex = begin;
  return RegExpPrototypeExec(pattern, text)?.index ?? text.length;
}

/** Says that there is none. */
function isLiteral(value: string): boolean {
  return RegExpTest(
    /^(?:null|undefined|true|false|none|\[\]|""|''|``)[,)\]}]*$/,
    value,
  );
}
