// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { types } from 'node:util';
import type { AnyFunction } from '../model/frame.js';

/** A function with a true property of this key hides its frames. */
const HIDE = Symbol.for('asynctb.hide');
/** So does a variable of this name in a function, whatever its value. */
const HIDE_LOCAL = '__tracebackhide__';

/** `mayBeProxy`: only what the program handed to `then` can be one. */
export function hidesItself(fn: AnyFunction, mayBeProxy: boolean): boolean {
  if (mayBeProxy && types.isProxy(fn)) return false;
  if (!Object.hasOwn(fn, HIDE)) return false;
  return Object.getOwnPropertyDescriptor(fn, HIDE)?.value === true;
}

/** V8 made the scope objects: looking for a name runs nothing. */
export function hasHideLocal(scopes: readonly object[]): boolean {
  return scopes.some((scope) => Object.hasOwn(scope, HIDE_LOCAL));
}
