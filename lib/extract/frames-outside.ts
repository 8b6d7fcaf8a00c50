// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeFilter } from '../base/lists.js';
import {
  ArrayIsArray,
  ErrorCaptureStackTrace,
  GlobalError,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectHasOwn,
  ObjectIsExtensible,
  ReflectDeleteProperty,
} from '../base/primordials.js';
import { AsynctbError } from '../base/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { requireNative } from '../engine/capabilities.js';

/** Deeper than V8 lets JavaScript recurse with its default stack. */
export const EVERY_FRAME = 100_000;

interface CallSite {
  getLineNumber(): number | null;
  isAsync(): boolean;
}

/**
 * How many JavaScript frames stand outside of the innermost activation of `fn`; 0 also when it is
 * not on the stack. Throws `ERR_ASYNCTB_NO_RUNNING_STACK` when neither `Error` nor the addon can tell.
 */
export function framesOutside(fn: AnyFunction): number {
  return byError(fn) ?? byListOfFrames(fn);
}

/**
 * `Error.captureStackTrace` compares functions, which works in strict mode and for inlined frames too.
 * Null where the program has taken care that nobody changes how it works: a getter or a frozen
 * property is the program's, and neither run nor overridden.
 */
function byError(fn: AnyFunction): number | null {
  const limit = ObjectGetOwnPropertyDescriptor(GlobalError, 'stackTraceLimit');
  const prepare = ObjectGetOwnPropertyDescriptor(
    GlobalError,
    'prepareStackTrace',
  );
  if (!isOpen(limit) || !isOpen(prepare)) return null;
  const holder: { stack?: unknown } = {};
  let sites: unknown = null;
  try {
    define('stackTraceLimit', EVERY_FRAME);
    define('prepareStackTrace', (_error: unknown, found: CallSite[]) => found);
    ErrorCaptureStackTrace(holder, fn);
    sites = holder.stack;
  } finally {
    restore('stackTraceLimit', limit);
    restore('prepareStackTrace', prepare);
  }
  // In a context of `vm`, Node may ask the `Error` of another one, and give a text.
  if (!ArrayIsArray(sites)) return null;
  // Built-ins like Array.prototype.map have no line, and V8's own list of frames leaves them out.
  // After them V8 lists async callers, which are not on this stack.
  return ArrayPrototypeFilter(
    sites as readonly CallSite[],
    (site) => !site.isAsync() && site.getLineNumber() !== null,
  ).length;
}

/** Whether a property of `Error` can be changed for a moment and put back. */
function isOpen(descriptor: PropertyDescriptor | undefined): boolean {
  return descriptor === undefined
    ? ObjectIsExtensible(GlobalError)
    : ObjectHasOwn(descriptor, 'value') && descriptor.configurable === true;
}

function define(name: string, value: unknown): void {
  ObjectDefineProperty(GlobalError, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function restore(name: string, old: PropertyDescriptor | undefined): void {
  if (old !== undefined) ObjectDefineProperty(GlobalError, name, old);
  else ReflectDeleteProperty(GlobalError, name);
}

/** By the function of each frame, as V8's iterator for debuggers gives it. */
function byListOfFrames(fn: AnyFunction): number {
  const { sites, frames } = requireNative().running(EVERY_FRAME, 0);
  // What is known of frames is innermost first, and stop where the two lists of V8's disagree.
  for (let index = 0; index < sites.length; index++) {
    const running = frames.function[index];
    if (running === fn) return sites.length - 1 - index;
    if (running === undefined) {
      throw new AsynctbError(
        'ERR_ASYNCTB_NO_RUNNING_STACK',
        'the program has locked Error.stackTraceLimit or Error.prepareStackTrace, and the addon cannot tell which functions run',
      );
    }
  }
  return 0;
}
