// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeAt,
  ArrayPrototypePush,
  SetFrom,
} from '../base/lists.js';
import { RegExpTest, StringPrototypeSplit } from '../base/patterns.js';
import {
  ArrayPrototypePop,
  RegExpPrototypeExec,
  SetPrototypeHas,
  StringPrototypeEndsWith,
} from '../base/primordials.js';

/** A piece of JavaScript that is neither blank nor a comment. */
export interface Token {
  readonly kind: 'word' | 'literal' | 'punctuator' | 'template';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** A line ends somewhere before it. */
  readonly afterNewline: boolean;
  /** Whether what stands before it can be a complete expression. */
  readonly afterOperand: boolean;
}

const BLANK = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)+/y;
const WORD =
  /(?:[\p{ID_Start}$_#]|\\u)(?:[\p{ID_Continue}$\u200c\u200d]|\\u)*/uy;
const NUMBER = /(?:\d|\.\d)(?:[\w.]|(?<=[eE])[+-])*/y;
const STRING = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const TEMPLATE = /[^`\\$]*(?:(?:\\[^]|\$(?!\{))[^`\\$]*)*(`|\$\{)/y;
const PUNCTUATOR = /=>|!==?|\?\.(?!\d)|\.\.\.|\+\+|--|[^\w\s]/uy;
const LINE_END = /[\n\r\u2028\u2029]/;

/** Words after which an expression begins. */
const OPERATORS = SetFrom(
  StringPrototypeSplit(
    'return typeof instanceof in new delete void throw case do else yield await of',
    ' ',
  ),
);

/**
 * Visits the tokens of a piece of a program, up to where it ends, stops making sense, or `visit` gives
 * false. What a slash
 * means is decided by the token before it, as in every tokenizer without a parser: good enough
 * for code that somebody has formatted, and whoever uses this checks what comes out.
 */
export function readTokens(
  text: string,
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- most return nothing
  visit: (token: Token) => boolean | void,
): void {
  /** For each open brace: whether it is the hole of a template. */
  const braces: boolean[] = [];
  let at = 0;
  let afterOperand = false;
  let afterNewline = false;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return RegExpPrototypeExec(pattern, text)?.[0] ?? null;
  };
  const token = (kind: Token['kind'], found: string): Token => {
    const start = at;
    at += found.length;
    return { kind, text: found, start, end: at, afterNewline, afterOperand };
  };
  while (at < text.length) {
    const blank = match(BLANK);
    if (blank !== null) {
      at += blank.length;
      afterNewline ||= RegExpTest(LINE_END, blank);
      continue;
    }
    const char = text[at] as string;
    const continuesTemplate =
      char === '}' && ArrayPrototypeAt(braces, -1) === true;
    if (char === '`' || continuesTemplate) {
      if (continuesTemplate) ArrayPrototypePop(braces);
      at += 1;
      const part = match(TEMPLATE);
      if (part === null) return;
      at -= 1;
      if (visit(token('template', char + part)) === false) return;
      afterOperand = StringPrototypeEndsWith(part, '`');
      if (!afterOperand) ArrayPrototypePush(braces, true);
    } else {
      const found: string | null =
        (char === '/' && !afterOperand ? match(REGEX) : null) ??
        match(STRING) ??
        match(NUMBER);
      const word: string | null = found === null ? match(WORD) : null;
      if (found !== null) {
        if (visit(token('literal', found)) === false) return;
        afterOperand = true;
      } else if (word !== null) {
        if (visit(token('word', word)) === false) return;
        afterOperand = !SetPrototypeHas(OPERATORS, word);
      } else {
        // It is one, as nothing else is left.
        const sign = match(PUNCTUATOR) as string;
        if (visit(token('punctuator', sign)) === false) return;
        if (sign === '{') ArrayPrototypePush(braces, false);
        else if (sign === '}') ArrayPrototypePop(braces);
        afterOperand = sign === ')' || sign === ']' || sign === '}';
      }
    }
    afterNewline = false;
  }
}
