// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayIsArray,
  GlobalString,
  GlobalWeakSet,
  ObjectGetOwnPropertyDescriptor,
  SymbolFor,
  WeakSetPrototypeAdd,
  WeakSetPrototypeHas,
} from '../base/primordials.js';
import { ownData } from '../base/own.js';
import { isProxy } from '../base/node-types.js';
import { warnOnce } from './warn.js';

/**
 * How a library brings its own glue without depending on asynctb:
 *
 *     (globalThis[Symbol.for('asynctb.install')] ??= []).push(({ unwrapItem }) => {
 *       unwrapItem.register(Task, (task) => task.promise);
 *     });
 *
 * Each function is called once, with what `asynctb` exports, when the next extraction begins. What
 * it registers goes before the glue that comes with asynctb.
 */
const INSTALL = SymbolFor('asynctb.install');

type Install<Api> = (api: Api) => void;

const installed = new GlobalWeakSet<object>();
let seen: unknown;
let seenLength = 0;
let api: object | null = null;

/** Called by the public entry, which alone knows all that it exports. */
export function offerToLibraries(exports: object): void {
  api = exports;
}

/** Costs a look at one property when there is nothing new. */
export function installNewGlue(): void {
  // A getter would be code of the program's that nobody has registered.
  const list: unknown = ObjectGetOwnPropertyDescriptor(
    globalThis,
    INSTALL,
  )?.value;
  if (api === null || !ArrayIsArray(list) || isProxy(list)) return;
  if (list === seen && list.length === seenLength) return;
  seen = list;
  // A library's function may well load another library, which adds its own.
  for (let index = 0; index < list.length; index++) {
    const install: unknown = ownData(list, GlobalString(index));
    if (
      typeof install !== 'function' ||
      WeakSetPrototypeHas(installed, install)
    )
      continue;
    WeakSetPrototypeAdd(installed, install);
    try {
      (install as Install<object>)(api);
    } catch (error) {
      warnOnce(install, 'glue brought by a library', error);
    }
  }
  seenLength = list.length;
}
