// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { types } from 'node:util';
import { ownData } from '../format/node-values.js';
import { Resource } from '../model/resource.js';
import { readVariable } from './scopes.js';
import { tokensOf } from './tokens.js';

/**
 * What `using` becomes for targets without it. The compilers keep what a block holds in a
 * variable of its own, and take it out again before they dispose of it:
 *
 * - TypeScript, SWC: `{ stack: [{ value, dispose, async }], error, hasError }`
 * - esbuild: `[[async, dispose, value]]`
 * - Babel until 7.23, SWC until 1.11: `[{ v, d, a }]`
 * - Babel: `{ e, u, a, d }`, whose functions share a list of the same entries
 */
const HELPERS =
  /add_?disposable_?resource|\b_{1,2}using(?:_?ctx)?\d*\b|\bhasError\b/i;

/** Whether a function's text may be a compiler's: only then its variables are looked at. */
export function mayBeCompiled(text: string): boolean {
  return HELPERS.test(text);
}

/** What reads the variables that a function closes over. */
export interface ClosureReader {
  closureScopes(fn: unknown): readonly object[] | undefined;
}

interface Entry {
  readonly value: unknown;
  readonly isAsync: boolean;
}

interface Holder {
  readonly name: string;
  readonly entries: readonly Entry[];
}

interface Declaration {
  readonly name: string;
  readonly holder: string;
  readonly start: number;
  readonly initializer: string;
}

type LineAt = (index: number) => number | null;

/** `scopes` are innermost first; `text` is what the function says up to the place, or ''. */
export function compiledResources(
  scopes: readonly object[],
  text: string,
  lineAt: LineAt,
  reader: ClosureReader | null,
): Resource[] {
  const resources: Resource[] = [];
  let declarations: Declaration[] | null = null;
  for (const scope of [...scopes].reverse()) {
    for (const { name: holder, entries } of holdersIn(scope, text, reader)) {
      for (const { value, isAsync } of entries) {
        declarations ??= declarationsIn(text);
        const names = namesOf(value, scopes);
        const declared = declarations.filter(
          (each) => each.holder === holder && names.has(each.name),
        );
        const resource = new Resource(value, isAsync);
        const [only] = declared;
        if (only !== undefined && declared.length === 1) {
          resource.name = only.name;
          resource.lineNumber = lineAt(only.start);
          const keyword = isAsync ? 'await using' : 'using';
          resource.description = `${keyword} ${only.name} = ${only.initializer}`;
        } else if (names.size === 1) {
          resource.name = [...names][0] ?? null;
        }
        resources.push(resource);
      }
    }
  }
  return resources;
}

/** In the order of the text: an inner block's comes after that of the block around it. */
function holdersIn(
  scope: object,
  text: string,
  reader: ClosureReader | null,
): Holder[] {
  const holders: Holder[] = [];
  for (const name of Object.keys(scope)) {
    const entries = entriesOf(readVariable(scope, name), name, text, reader);
    if (entries !== null && entries.length > 0) holders.push({ name, entries });
  }
  const place = ({ name }: Holder): number =>
    text.search(new RegExp(`(?<![\\w$])${escapeName(name)}(?![\\w$])`));
  return holders.sort((a, b) => place(a) - place(b));
}

function entriesOf(
  value: unknown,
  name: string,
  text: string,
  reader: ClosureReader | null,
): Entry[] | null {
  if (!isPlain(value)) return null;
  if (Array.isArray(value)) {
    const isPassed = new RegExp(
      `_{1,2}using[\\w$]*\\)?\\(\\s*${escapeName(name)}\\s*,`,
    ).test(text);
    return isPassed || (text === '' && /^_stack\d*$/.test(name))
      ? readList(value)
      : null;
  }
  const stack = ownData(value, 'stack');
  if (typeof ownData(value, 'hasError') === 'boolean' && isPlain(stack)) {
    return readList(stack);
  }
  return ['u', 'a', 'd'].every(
    (key) => typeof ownData(value, key) === 'function',
  )
    ? readContext(ownData(value, 'd'), reader)
    : null;
}

/** Babel's functions share a list in their closure. */
function readContext(
  dispose: unknown,
  reader: ClosureReader | null,
): Entry[] | null {
  const [scope] = reader?.closureScopes(dispose) ?? [];
  if (scope === undefined) return null;
  for (const name of Object.keys(scope)) {
    const entries = readList(readVariable(scope, name));
    if (entries !== null) return entries;
  }
  return null;
}

/** Null for what is no list of entries. */
function readList(list: unknown): Entry[] | null {
  if (!isPlain(list) || !Array.isArray(list)) return null;
  const entries: Entry[] = [];
  for (let index = 0; index < list.length; index++) {
    const item = ownData(list, String(index));
    if (!isPlain(item)) return null;
    const [value, dispose, async] = Array.isArray(item)
      ? [ownData(item, '2'), ownData(item, '1'), ownData(item, '0')]
      : Object.hasOwn(item, 'd') || Object.hasOwn(item, 'v')
        ? [ownData(item, 'v'), ownData(item, 'd'), ownData(item, 'a')]
        : [
            ownData(item, 'value'),
            ownData(item, 'dispose'),
            ownData(item, 'async'),
          ];
    if (async !== undefined && typeof async !== 'boolean') return null;
    // What `await using x = null` leaves.
    if (value === undefined && async === true) continue;
    if (typeof dispose !== 'function') return null;
    entries.push({ value, isAsync: async === true });
  }
  return entries;
}

/** The variables with this value. */
function namesOf(value: unknown, scopes: readonly object[]): Set<string> {
  const names = new Set<string>();
  for (const scope of scopes) {
    for (const name of Object.keys(scope)) {
      if (readVariable(scope, name) === value) names.add(name);
    }
  }
  return names;
}

// `tx = __addDisposableResource(env_1, …`, `tx = __using(_stack, …`, `tx = _usingCtx.u(…`; imported
// helpers are called as `(0, tslib_1.__addDisposableResource)(env_1, …`.
const CALLS =
  /(?<![\w$.])([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=\s*(?:(?:\(\s*0\s*,\s*)?[\w$.]*(?:add_?disposable_?resource|_{1,2}using)[\w$.]*\)?\(\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*,\s*|([\p{ID_Start}$_][\p{ID_Continue}$]*)\.[ua]\(\s*)/giu;

function declarationsIn(text: string): Declaration[] {
  const found: Declaration[] = [];
  for (const match of text.matchAll(CALLS)) {
    const [call, name = '', passed, receiver] = match;
    found.push({
      name,
      holder: passed ?? receiver ?? '',
      start: match.index,
      initializer: argumentAt(text, match.index + call.length),
    });
  }
  return found;
}

const LONGEST = 120;

/** The argument that begins here, in one line. */
function argumentAt(text: string, start: number): string {
  let depth = 0;
  let end = start;
  for (const token of tokensOf(text.slice(start))) {
    if (token.kind === 'punctuator') {
      if (depth === 0 && /^[,)]$/.test(token.text)) break;
      if (/^[([{]$/.test(token.text)) depth++;
      if (/^[)\]}]$/.test(token.text)) depth--;
    }
    end = start + token.end;
  }
  const argument = text.slice(start, end).replace(/\s+/g, ' ');
  return argument.length > LONGEST
    ? `${argument.slice(0, LONGEST)}…`
    : argument;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !types.isProxy(value);
}

function escapeName(name: string): string {
  return name.replace(/\$/g, '\\$');
}
