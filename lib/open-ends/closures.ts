// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Functions and objects of libraries, read without running any of their code. */

import {
  ArrayCopy,
  MapPrototypeValues,
  SetValues,
  ArrayPrototypePush,
} from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  ArrayIsArray,
  ArrayPrototypeReverse,
  FunctionPrototypeToString,
  GlobalMap,
  GlobalSet,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  ObjectCreate,
  ObjectKeys,
  ReflectDeleteProperty,
  SetPrototypeAdd,
  SetPrototypeGetSize,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { isObject, ownData } from '../base/own.js';
import { readVariable, UNINITIALIZED } from '../resources/scopes.js';
import type { AnyFunction } from '../model/frame.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { mentionsOf } from './mentions.js';

/** A function as far as it can be read without calling it. */
export interface Closure {
  readonly name: string;
  /** The path or URL of its script. */
  readonly script: string;
  /** What it closes over, by name. Made by V8: reading it runs nothing. */
  readonly variables: Readonly<Record<string, unknown>>;
}

let closures = new GlobalMap<object, Closure | null>();

const NATIVE_TEXT = /\{\s*\[native code\]\s*\}$/;

/**
 * What variables hold changes from one extraction to the next. What is left behind would be found
 * by the next search, until it is collected.
 */
export function forgetClosures(): void {
  if (MapPrototypeGetSize(closures) === 0) return;
  for (const closure of MapPrototypeValues(closures)) {
    if (closure !== null) empty(closure.variables);
  }
  closures = new GlobalMap();
}

/** What holds something of the program because it was looked at. */
export function ownClosures(): object[] {
  const own: object[] = [closures];
  for (const closure of MapPrototypeValues(closures)) {
    if (closure === null) continue;
    ArrayPrototypePush(own, closure);
    ArrayPrototypePush(own, closure.variables);
  }
  return own;
}

function empty(object: object): void {
  for (const key of ObjectKeys(object)) ReflectDeleteProperty(object, key);
}

/** Of a bound function, what it is bound to. Null for what was not written in JavaScript. */
export function closureOf(value: unknown): Closure | null {
  if (typeof value !== 'function' || isProxy(value)) return null;
  const fn = value as AnyFunction;
  let closure = MapPrototypeGet(closures, fn);
  if (closure === undefined) {
    closure = readClosure(fn);
    MapPrototypeSet(closures, fn, closure);
  }
  return closure;
}

function readClosure(fn: AnyFunction): Closure | null {
  const binding = can('native') ? tryBinding() : null;
  const read = binding?.closure(binding.unbind(fn));
  const script = read?.sites.scriptName[0] ?? '';
  if (read === undefined || script === '') return null;
  const { sites, scopes } = read;
  const variables = ObjectCreate(null) as Record<string, unknown>;
  for (const scope of ArrayPrototypeReverse(ArrayCopy(scopes))) {
    for (const key of ObjectKeys(scope)) {
      const value = readVariable(scope, key);
      if (value !== UNINITIALIZED) variables[key] = value;
    }
    empty(scope);
  }
  return { name: sites.functionName[0] ?? '', script, variables };
}

/**
 * Whether a function refers to a variable with this value, or to a function beside it that does. All
 * functions of a scope share its variables: that one could is no sign that it does. True for what was
 * not written in JavaScript, which has nothing that it does not use.
 */
export function usesValue(fn: AnyFunction, value: unknown): boolean {
  const text = functionText(fn);
  if (text === null) return true;
  const closure = closureOf(fn);
  if (closure === null) return false;
  const { variables } = closure;
  if (refersTo(text, variables, value)) return true;
  const functions = new GlobalSet<string>();
  for (const name of ObjectKeys(variables)) {
    if (typeof variables[name] === 'function') SetPrototypeAdd(functions, name);
  }
  for (const name of SetValues(mentionsOf(text, functions))) {
    const other = variables[name];
    const inner = other === fn ? null : closureOf(other);
    const innerText = inner === null ? null : functionText(other);
    if (inner === null || innerText === null) continue;
    if (refersTo(innerText, inner.variables, value)) return true;
  }
  return false;
}

function refersTo(
  text: string,
  variables: Closure['variables'],
  value: unknown,
): boolean {
  const names = new GlobalSet<string>();
  for (const name of ObjectKeys(variables)) {
    if (variables[name] === value) SetPrototypeAdd(names, name);
  }
  // V8 does not name the `this` that an arrow function closes over.
  if (SetPrototypeGetSize(names) === 0 && typeof value === 'object')
    SetPrototypeAdd(names, 'this');
  return SetPrototypeGetSize(mentionsOf(text, names)) > 0;
}

/** Null for what was not written in JavaScript. */
function functionText(fn: unknown): string | null {
  if (typeof fn !== 'function' || isProxy(fn)) return null;
  const text = FunctionPrototypeToString(fn);
  return RegExpTest(NATIVE_TEXT, text) ? null : text;
}

/** A property's value if it is a data property of the object itself; runs nothing. */
export function own(object: unknown, key: string | symbol): unknown {
  if (!isObject(object) || isProxy(object)) return undefined;
  return ownData(object, key);
}

export function isPlainArray(value: unknown): value is readonly unknown[] {
  return ArrayIsArray(value) && !isProxy(value);
}
