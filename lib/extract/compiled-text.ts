// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

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
const ENV_LITERAL = new RegExp(
  `(?:${NAME}\\s*=\\s*\\{[^{}]*)?\\bhasError\\s*:`,
  'gu',
);
const ASYNC_ARGUMENT = /\s*,\s*(?:true|!0)\s*\)/y;

/** What the compiled text of a function says up to the place where it stands; may be ''. */
export class CompiledText {
  readonly #text: string;
  #onlyEnv: string | null | undefined;
  readonly #declarations = new Map<string, readonly CompiledDeclaration[]>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Where a variable is first met; -1 when it is not. */
  indexOf(name: string): number {
    return this.#text.search(
      new RegExp(`(?<![\\w$])${escapeName(name)}(?![\\w$])`),
    );
  }

  /** Whether an array of this name is what a helper enters values in. */
  isList(name: string): boolean {
    return this.#text === ''
      ? /^_stack\d*$/.test(name)
      : new RegExp(
          `_{1,2}using[\\w$]*\\)?\\(\\s*${escapeName(name)}\\s*,`,
        ).test(this.#text);
  }

  /** The variable of the text's only block, where that is an `env` and there is no other form. */
  get onlyEnv(): string | null {
    if (this.#onlyEnv === undefined) {
      const [made, another] = [...this.#text.matchAll(ENV_LITERAL)];
      const isOnly =
        another === undefined && !/\b_{1,2}using/i.test(this.#text);
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
    let found = this.#declarations.get(key);
    if (found === undefined) {
      found = this.#find(holder, kind);
      this.#declarations.set(key, found);
    }
    return found;
  }

  #find(holder: string, kind: HolderKind): CompiledDeclaration[] {
    return [...this.#text.matchAll(callsOf(escapeName(holder), kind))].map(
      (match) => {
        const [call, name = '', method] = match;
        const start = match.index + call.length;
        const [initializer, end] = argumentAt(this.#text, start);
        ASYNC_ARGUMENT.lastIndex = end;
        const isAsync =
          kind === 'context' ? method === 'a' : ASYNC_ARGUMENT.test(this.#text);
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
    return new RegExp(`${NAME}\\s*=\\s*${holder}\\.([ua])\\(\\s*`, 'gu');
  }
  const helper = kind === 'env' ? '[\\w$.]+' : '[\\w$.]*_{1,2}using[\\w$]*';
  return new RegExp(
    `${NAME}\\s*=\\s*(?:\\(\\s*0\\s*,\\s*)?${helper}\\)?\\(\\s*${holder}\\s*,\\s*`,
    'gu',
  );
}

/** The argument that begins here, in one line, and where it ends. */
function argumentAt(text: string, start: number): [string, number] {
  let depth = 0;
  let end = start;
  readTokens(text.slice(start), (token) => {
    if (token.kind === 'punctuator') {
      if (depth === 0 && /^[,)]$/.test(token.text)) return false;
      if (/^[([{]$/.test(token.text)) depth++;
      if (/^[)\]}]$/.test(token.text)) depth--;
    }
    end = start + token.end;
    return true;
  });
  const argument = text.slice(start, end).replace(/\s+/g, ' ');
  const cut =
    argument.length > LONGEST ? `${argument.slice(0, LONGEST)}…` : argument;
  return [cut, end];
}

function escapeName(name: string): string {
  return name.replace(/\$/g, '\\$');
}
