// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayCopy, ArrayPrototypeMap } from '../base/lists.js';
import {
  RegExpMatchAllIn,
  RegExpReplaceIn,
  RegExpSearchIn,
  RegExpTest,
} from '../base/patterns.js';
import {
  GlobalMap,
  GlobalRegExp,
  MapPrototypeGet,
  MapPrototypeSet,
  StringPrototypeSlice,
} from '../base/primordials.js';
import type { HolderKind } from './compiled-holders.js';
import { readTokens } from './tokens.js';

/** A declaration that has become a call of a compiler's helper. */
export interface CompiledDeclaration {
  readonly name: string;
  readonly start: number;
  readonly isAsync: boolean;
  readonly initializer: string;
}

const LONGEST = 120;
const NAME = '(?<![\\w$.])([\\p{ID_Start}$_][\\p{ID_Continue}$]*)';
/** Without a name where what is made does not go into a variable at once. */
const ENV_LITERAL = new GlobalRegExp(
  `(?:${NAME}\\s*=\\s*\\{[^{}]*)?\\bhasError\\s*:`,
  'gu',
);
const ASYNC_ARGUMENT = /\s*,\s*(?:true|!0)\s*\)/y;

/** What the compiled text of a function says up to the place where it stands; may be ''. */
export class CompiledText {
  readonly #text: string;
  #onlyEnv: string | null | undefined;
  readonly #declarations = new GlobalMap<
    string,
    readonly CompiledDeclaration[]
  >();

  constructor(text: string) {
    this.#text = text;
  }

  /** Where a variable is first met; -1 when it is not. */
  indexOf(name: string): number {
    return RegExpSearchIn(
      this.#text,
      new GlobalRegExp(`(?<![\\w$])${escapeName(name)}(?![\\w$])`),
    );
  }

  /** Whether an array of this name is what a helper enters values in. */
  isList(name: string): boolean {
    return this.#text === ''
      ? RegExpTest(/^_stack\d*$/, name)
      : RegExpTest(
          new GlobalRegExp(
            `_{1,2}using[\\w$]*\\)?\\(\\s*${escapeName(name)}\\s*,`,
          ),
          this.#text,
        );
  }

  /** The variable of the text's only block, where that is an `env` and there is no other form. */
  get onlyEnv(): string | null {
    if (this.#onlyEnv === undefined) {
      const { 0: made, 1: another } = ArrayCopy(
        RegExpMatchAllIn(this.#text, ENV_LITERAL),
      );
      const isOnly =
        another === undefined && !RegExpTest(/\b_{1,2}using/i, this.#text);
      this.#onlyEnv = (isOnly ? made?.[1] : null) ?? null;
    }
    return this.#onlyEnv;
  }

  /** What was entered in the variable of a block, or could have been, in the order of the text. */
  declarationsOf(
    holder: string,
    kind: HolderKind,
  ): readonly CompiledDeclaration[] {
    const key = `${kind} ${holder}`;
    let found = MapPrototypeGet(this.#declarations, key);
    if (found === undefined) {
      found = this.#find(holder, kind);
      MapPrototypeSet(this.#declarations, key, found);
    }
    return found;
  }

  #find(holder: string, kind: HolderKind): CompiledDeclaration[] {
    return ArrayPrototypeMap(
      ArrayCopy(
        RegExpMatchAllIn(this.#text, callsOf(escapeName(holder), kind)),
      ),
      (match) => {
        const { 0: call, 1: name = '', 2: method } = match;
        const start = match.index + call.length;
        const { 0: initializer, 1: end } = argumentAt(this.#text, start);
        ASYNC_ARGUMENT.lastIndex = end;
        const isAsync =
          kind === 'context'
            ? method === 'a'
            : RegExpTest(ASYNC_ARGUMENT, this.#text);
        return { name, start: match.index, isAsync, initializer };
      },
    );
  }
}

/**
 * `tx = __addDisposableResource(env_1, …`, `tx = __using(_stack, …`, `tx = _usingCtx.u(…`; imported
 * helpers are called as `(0, tslib_1.__addDisposableResource)(env_1, …`. What a helper is called
 * does not matter where the first argument says enough, as it may have been minified.
 */
function callsOf(holder: string, kind: HolderKind): RegExp {
  if (kind === 'context') {
    return new GlobalRegExp(`${NAME}\\s*=\\s*${holder}\\.([ua])\\(\\s*`, 'gu');
  }
  const helper = kind === 'env' ? '[\\w$.]+' : '[\\w$.]*_{1,2}using[\\w$]*';
  return new GlobalRegExp(
    `${NAME}\\s*=\\s*(?:\\(\\s*0\\s*,\\s*)?${helper}\\)?\\(\\s*${holder}\\s*,\\s*`,
    'gu',
  );
}

/** The argument that begins here, in one line, and where it ends. */
function argumentAt(text: string, start: number): [string, number] {
  let depth = 0;
  let end = start;
  readTokens(StringPrototypeSlice(text, start), (token) => {
    if (token.kind === 'punctuator') {
      if (depth === 0 && RegExpTest(/^[,)]$/, token.text)) return false;
      if (RegExpTest(/^[([{]$/, token.text)) depth++;
      if (RegExpTest(/^[)\]}]$/, token.text)) depth--;
    }
    end = start + token.end;
    return true;
  });
  const argument = RegExpReplaceIn(
    StringPrototypeSlice(text, start, end),
    /\s+/g,
    ' ',
  );
  const cut =
    argument.length > LONGEST
      ? `${StringPrototypeSlice(argument, 0, LONGEST)}…`
      : argument;
  return [cut, end];
}

function escapeName(name: string): string {
  return RegExpReplaceIn(name, /\$/g, '\\$');
}
