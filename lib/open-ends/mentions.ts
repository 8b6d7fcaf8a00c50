// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Whether a function uses a variable that it closes over. All functions of a scope share its
 * variables, so that they hold what they never touch.
 */

import { ArrayPrototypePush, SetFrom } from '../base/lists.js';
import {
  ArrayPrototypePop,
  GlobalMap,
  GlobalSet,
  MapPrototypeGet,
  MapPrototypeSet,
  SetPrototypeAdd,
  SetPrototypeGetSize,
  SetPrototypeHas,
  StringPrototypeEndsWith,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import { readTokens, type Token } from '../resources/tokens.js';

/** A text longer than this is not read: then nothing is proven. */
const LONGEST_TEXT = 100_000;
const DECLARING = SetFrom([
  'let',
  'const',
  'var',
  'class',
  'function',
  'using',
]);
/** Words that have an expression in parentheses, and no parameters. */
const CONTROL = SetFrom(['if', 'while', 'for', 'switch', 'with', 'await']);
/** What is handed to one of these is taken away from somebody who would have called it. */
const REMOVING = SetFrom([
  'off',
  'removeListener',
  'removeEventListener',
  'unsubscribe',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
]);
const OPENING = SetFrom(['(', '[', '{']);
const CLOSING = SetFrom([')', ']', '}']);

/**
 * Those of the names that a function's text refers to, as far as the text proves it. A name that is
 * declared anywhere in it may be another variable there, and does not count.
 */
export function mentionsOf(
  text: string,
  names: ReadonlySet<string>,
): Set<string> {
  const used = new GlobalSet<string>();
  if (SetPrototypeGetSize(names) === 0 || text.length > LONGEST_TEXT)
    return used;
  const tokens: Token[] = [];
  readTokens(text, (token) => {
    ArrayPrototypePush(tokens, token);
  });
  const closings = matchBrackets(tokens);
  const declared = declaredIn(tokens, closings);
  for (let at = 0; at < tokens.length; at++) {
    const { kind, text: word } = tokens[at] as Token;
    if (kind === 'word' && SetPrototypeHas(REMOVING, word)) {
      at = MapPrototypeGet(closings, at + 1) ?? at;
      continue;
    }
    if (
      kind !== 'word' ||
      !SetPrototypeHas(names, word) ||
      SetPrototypeHas(declared, word)
    )
      continue;
    if (isReference(tokens, at, closings)) SetPrototypeAdd(used, word);
  }
  return used;
}

/** For each opening bracket, where it is closed. */
function matchBrackets(tokens: readonly Token[]): Map<number, number> {
  const closings = new GlobalMap<number, number>();
  const open: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as Token;
    if (kind === 'template') {
      if (StringPrototypeStartsWith(text, '}')) ArrayPrototypePop(open);
      if (StringPrototypeEndsWith(text, '${')) ArrayPrototypePush(open, at);
    } else if (kind === 'punctuator' && SetPrototypeHas(OPENING, text)) {
      ArrayPrototypePush(open, at);
    } else if (kind === 'punctuator' && SetPrototypeHas(CLOSING, text)) {
      const start = ArrayPrototypePop(open);
      if (start !== undefined) MapPrototypeSet(closings, start, at);
    }
  }
  return closings;
}

function textAt(tokens: readonly Token[], at: number): string {
  return tokens[at]?.text ?? '';
}

/** No property's name, no key, no method, and nothing that is only assigned to. */
function isReference(
  tokens: readonly Token[],
  at: number,
  closings: ReadonlyMap<number, number>,
): boolean {
  const before = textAt(tokens, at - 1);
  const after = textAt(tokens, at + 1);
  if (before === '.' || before === '?.') return false;
  if (after === '=' && textAt(tokens, at + 2) !== '=') return false;
  if (after === ':' && (before === '{' || before === ',')) return false;
  if (after !== '(') return true;
  const end = MapPrototypeGet(closings, at + 1);
  return end !== undefined && textAt(tokens, end + 1) !== '{';
}

function declaredIn(
  tokens: readonly Token[],
  closings: ReadonlyMap<number, number>,
): Set<string> {
  const declared = new GlobalSet<string>();
  for (let at = 0; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as Token;
    if (kind === 'word' && SetPrototypeHas(DECLARING, text)) {
      if (textAt(tokens, at - 1) !== '.')
        addBindings(tokens, at + 1, closings, declared);
    } else if (kind === 'word' && textAt(tokens, at + 1) === '=>') {
      SetPrototypeAdd(declared, text);
    } else if (text === '(' && hasParameters(tokens, at, closings)) {
      addWords(tokens, at, MapPrototypeGet(closings, at) as number, declared);
    }
  }
  return declared;
}

/** Whether a bracket begins the parameters of a function, or the variable of a `catch`. */
function hasParameters(
  tokens: readonly Token[],
  at: number,
  closings: ReadonlyMap<number, number>,
): boolean {
  const end = MapPrototypeGet(closings, at);
  if (end === undefined) return false;
  const after = textAt(tokens, end + 1);
  if (after === '=>') return true;
  return after === '{' && !SetPrototypeHas(CONTROL, textAt(tokens, at - 1));
}

/** The variables of a declaration: patterns up to their `=`, and those behind commas. */
function addBindings(
  tokens: readonly Token[],
  start: number,
  closings: ReadonlyMap<number, number>,
  declared: Set<string>,
): void {
  let isPattern = true;
  for (let at = start; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as Token;
    const end = MapPrototypeGet(closings, at);
    if (end !== undefined) {
      if (isPattern && text !== '(') addWords(tokens, at, end, declared);
      // What a function is called is declared, and what it is given is looked at by itself.
      if (isPattern && text === '(') return;
      at = end;
    } else if (text === '=') {
      isPattern = false;
    } else if (text === ',') {
      isPattern = true;
    } else if (
      kind === 'punctuator' &&
      (text === ';' || SetPrototypeHas(CLOSING, text))
    ) {
      return;
    } else if (isPattern && kind === 'word') {
      if (text === 'of' || text === 'in') return;
      SetPrototypeAdd(declared, text);
    }
  }
}

function addWords(
  tokens: readonly Token[],
  start: number,
  end: number,
  declared: Set<string>,
): void {
  for (let at = start; at < end; at++) {
    const { kind, text } = tokens[at] as Token;
    if (kind === 'word' && textAt(tokens, at - 1) !== '.')
      SetPrototypeAdd(declared, text);
  }
}
