// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A type that a user meets in a signature can be named: each entry exports what it mentions. */

import { readdirSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';

const types = join(projectRoot, 'dist', 'types');
const entries = readdirSync(types)
  .filter((name) => name.endsWith('.d.mts'))
  .map((name) => join(types, name.replace('.d.mts', '.d.ts')));

const program = ts.createProgram(entries, {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  types: [],
});
const checker = program.getTypeChecker();

function resolved(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias
    ? checker.getAliasedSymbol(symbol)
    : symbol;
}

function isOurs(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((declaration) =>
    declaration.getSourceFile().fileName.startsWith(types.replaceAll(sep, '/')),
  );
}

/** Type parameters are named where they stand. */
function isType(symbol: ts.Symbol): boolean {
  const { Class, Enum, Interface, TypeAlias, TypeParameter } = ts.SymbolFlags;
  return (
    (symbol.flags & (Class | Enum | Interface | TypeAlias)) !== 0 &&
    (symbol.flags & TypeParameter) === 0
  );
}

/** What stands in a declaration where a type is named, in `extends` as well. */
function typesIn(declaration: ts.Node): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const look = (name: ts.Node): void => {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol !== undefined) found.push(resolved(symbol));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) look(node.typeName);
    if (ts.isExpressionWithTypeArguments(node)) look(node.expression);
    if (ts.isImportTypeNode(node) && node.qualifier) look(node.qualifier);
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

/** Of an entry: `Type (in who mentions it)`. */
function notExported(entry: string): string[] {
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) return [];
  const exported = new Set(checker.getExportsOfModule(module).map(resolved));
  const missing = new Map<ts.Symbol, string>();
  for (const symbol of exported) {
    for (const declaration of symbol.declarations ?? []) {
      for (const type of typesIn(declaration)) {
        if (isOurs(type) && isType(type) && !exported.has(type)) {
          missing.set(type, symbol.name);
        }
      }
    }
  }
  return [...missing].map(([{ name }, by]) => `${name} (in ${by})`).sort();
}

describe('the types of each entry', () => {
  it('are looked at', () => {
    expect(entries.map((path) => basename(path)).sort()).toEqual(
      expect.arrayContaining([
        'explain.d.ts',
        'hooks.d.ts',
        'index.d.ts',
        'lowlevel.d.ts',
      ]),
    );
  });

  it.each(entries.map((path) => [basename(path, '.d.ts'), path]))(
    '%s exports each type that its signatures mention',
    (_name, path) => {
      expect(notExported(path)).toEqual([]);
    },
  );
});
