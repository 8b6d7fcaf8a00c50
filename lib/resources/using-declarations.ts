// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  SetFrom,
} from '../base/lists.js';
import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypePop,
  SetPrototypeHas,
  StringPrototypeEndsWith,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeTrim,
} from '../base/primordials.js';
import { type Token, readTokens } from './tokens.js';

/** One variable that a `using` declaration declares. */
export interface UsingDeclaration {
  readonly name: string;
  readonly isAsync: boolean;
  /** Where its declarator begins in the text. */
  readonly start: number;
  /** False: the text ends inside of the initializer. */
  readonly complete: boolean;
  /** As source text: `using tx = await db.begin()`; null unless complete. */
  readonly description: string | null;
}

export interface OpenDeclarations {
  /** Of the blocks that are open where the text ends, outermost first; empty ones are left out. */
  readonly blocks: readonly (readonly UsingDeclaration[])[];
  /** False where a block may have ended already: its declarations may not count. */
  readonly certain: boolean;
}

/** The longest description. */
const LONGEST = 120;
const NOTHING: OpenDeclarations = { blocks: [], certain: false };
const CLOSERS: Readonly<Record<string, string>> = {
  ')': '(',
  ']': '[',
  '}': '{',
};
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
/** Words that go on with an expression, and so cannot be the name of what is declared. */
const INFIX = SetFrom(['in', 'instanceof', 'of']);
const PREFIX_SIGNS = SetFrom(['{', '@', '!', '~', '++', '--']);

/** What stands between two brackets, or in a block. */
class Scope {
  readonly declarations: UsingDeclaration[] = [];
  /** What the head of the loop declares whose body this is; loops may follow each other. */
  readonly heads: (readonly UsingDeclaration[])[];
  /** The same of a loop whose body has not begun. */
  pendingHeads: (readonly UsingDeclaration[])[] = [];
  /** The body of a loop is a single statement: where it ends cannot be told. */
  isVague = false;
  declaring: { isAsync: boolean; name: string | null; start: number } | null =
    null;

  constructor(
    readonly opener: string,
    readonly isLoopHead: boolean,
    heads: (readonly UsingDeclaration[])[],
  ) {
    this.heads = heads;
  }

  finish(text: string, end: number, complete: boolean): void {
    const { declaring } = this;
    this.declaring = null;
    if (declaring === null || declaring.name === null) return;
    const { isAsync, name, start } = declaring;
    const source = StringPrototypeTrim(
      RegExpReplaceIn(StringPrototypeSlice(text, start, end), /\s+/g, ' '),
    );
    const cut =
      source.length > LONGEST
        ? `${StringPrototypeSlice(source, 0, LONGEST)}…`
        : source;
    const keyword = isAsync ? 'await using' : 'using';
    const description = complete ? `${keyword} ${cut}` : null;
    ArrayPrototypePush(this.declarations, {
      name,
      isAsync,
      start,
      complete,
      description,
    });
  }

  get blocks(): (readonly UsingDeclaration[])[] {
    return ArrayConcat(this.heads, [this.declarations], this.pendingHeads);
  }
}

/**
 * The `using` declarations that have been reached where a piece of a function ends. The piece
 * begins at the function's parameters and ends at the place where it is suspended, so that
 * whatever is still open there contains that place; the one token behind it may say that an
 * initializer has ended.
 */
export function openDeclarations(
  text: string,
  place = text.length,
): OpenDeclarations {
  const scopes = [new Scope('', false, [])];
  let beforePrevious: Token | null = null;
  let previous: Token | null = null;
  let fits = true;
  readTokens(text, (token) => {
    // Nothing closes the first one, so there is always one.
    const scope = scopes[scopes.length - 1] as Scope;
    declare(scope, token, previous, beforePrevious, text);
    if (token.start >= place) return false;
    checkLoopBody(scope, token, previous);
    const closed = closerOf(token);
    if (closed !== null) {
      fits = scope.opener === closed;
      if (!fits) return false;
      ArrayPrototypePop(scopes);
      const around = scopes[scopes.length - 1];
      if (scope.isLoopHead && scope.declarations.length > 0 && around) {
        ArrayPrototypePush(around.pendingHeads, scope.declarations);
      }
    }
    const opener = openerOf(token);
    if (opener !== null) {
      const isLoopHead =
        opener === '(' &&
        (previous?.text === 'for' ||
          (previous?.text === 'await' && beforePrevious?.text === 'for'));
      const heads = opener === '{' ? scope.pendingHeads : [];
      if (opener === '{') scope.pendingHeads = [];
      ArrayPrototypePush(scopes, new Scope(opener, isLoopHead, heads));
    }
    beforePrevious = previous;
    previous = token;
    return true;
  });
  if (!fits) return NOTHING;
  for (const scope of scopes) scope.finish(text, place, false);
  return {
    blocks: ArrayPrototypeFlatMap(scopes, ({ blocks }) =>
      ArrayPrototypeFilter(blocks, (declarations) => declarations.length > 0),
    ),
    certain: !ArrayPrototypeSome(scopes, ({ isVague }) => isVague),
  };
}

/** Begins and ends declarators. */
function declare(
  scope: Scope,
  token: Token,
  previous: Token | null,
  beforePrevious: Token | null,
  text: string,
): void {
  const isName =
    token.kind === 'word' &&
    RegExpTest(NAME, token.text) &&
    !SetPrototypeHas(INFIX, token.text);
  const { declaring } = scope;
  if (declaring !== null) {
    if (declaring.name === null && isName) {
      declaring.name = token.text;
      declaring.start = token.start;
    } else if (endsDeclarator(token)) {
      scope.finish(text, (previous as Token).end, true);
      if (token.text === ',') {
        scope.declaring = { ...declaring, name: null, start: token.end };
      }
    }
    return;
  }
  // Two words in a row, in one line: nothing else looks like this.
  if (!isName || previous?.text !== 'using' || token.afterNewline) return;
  const isAsync =
    beforePrevious?.text === 'await' && previous.afterNewline === false;
  scope.declaring = { isAsync, name: token.text, start: token.start };
}

/** A comma, the end of the statement, or a line end where the expression cannot go on. */
function endsDeclarator(token: Token): boolean {
  if (token.kind === 'punctuator' && RegExpTest(/^[,;)\]}]$/, token.text))
    return true;
  if (!token.afterNewline || !token.afterOperand) return false;
  if (token.kind === 'word') return !SetPrototypeHas(INFIX, token.text);
  return token.kind === 'literal' || SetPrototypeHas(PREFIX_SIGNS, token.text);
}

/** After the head of a loop comes its block, another loop, or a single statement. */
function checkLoopBody(
  scope: Scope,
  token: Token,
  previous: Token | null,
): void {
  if (scope.pendingHeads.length === 0 || scope.isVague) return;
  const goesOn =
    token.text === '{' ||
    token.text === 'for' ||
    (token.text === 'await' && previous?.text === 'for') ||
    (token.text === '(' &&
      (previous?.text === 'for' || previous?.text === 'await'));
  if (!goesOn) scope.isVague = true;
}

function openerOf(token: Token): string | null {
  if (token.kind === 'template')
    return StringPrototypeEndsWith(token.text, '${') ? '${' : null;
  return token.kind === 'punctuator' && RegExpTest(/^[([{]$/, token.text)
    ? token.text
    : null;
}

function closerOf(token: Token): string | null {
  if (token.kind === 'template') {
    return StringPrototypeStartsWith(token.text, '}') ? '${' : null;
  }
  return token.kind === 'punctuator' ? (CLOSERS[token.text] ?? null) : null;
}
