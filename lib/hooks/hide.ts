// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeSome } from '../base/lists.js';
import { ObjectHasOwn, SymbolFor } from '../base/primordials.js';
import { ownData } from '../base/own.js';
import { isProxy } from '../base/node-types.js';
import type { AnyFunction } from '../model/frame.js';

/** A function with a true property of this key hides its frames. */
const HIDE = SymbolFor('asynctb.hide');
/** So does a variable of this name in a function, whatever its value. */
const HIDE_LOCAL = '__tracebackhide__';

/** `mayBeProxy`: only what the program handed to `then` can be one. */
export function hidesItself(fn: AnyFunction, mayBeProxy: boolean): boolean {
  if (mayBeProxy && isProxy(fn)) return false;
  if (!ObjectHasOwn(fn, HIDE)) return false;
  return ownData(fn, HIDE) === true;
}

/** V8 made the scope objects: looking for a name runs nothing. */
export function hasHideLocal(scopes: readonly object[]): boolean {
  return ArrayPrototypeSome(scopes, (scope) => ObjectHasOwn(scope, HIDE_LOCAL));
}
