// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { AsynctbError } from '../model/errors.js';
import { type AnyFunction, Frame } from '../model/frame.js';
import type { Site } from '../model/site.js';
import { loadBinding } from '../native/binding.js';
import { siteFromRaw } from './live-stacks.js';

/** Deeper than V8 lets JavaScript recurse with its default stack. */
const EVERY_FRAME = 100_000;

/**
 * The stack that is running now, seen from outside of asynctb: its frames end with the caller of
 * the public function.
 */
export class RunningStack {
  /** Outermost first. */
  readonly #sites: readonly Site[];

  /** `entry` is the public function that the program called. */
  constructor(entry: AnyFunction) {
    const sites = loadBinding().running(EVERY_FRAME).map(siteFromRaw);
    const below = framesBelow(entry);
    this.#sites = sites.reverse().slice(0, below ?? sites.length);
  }

  get length(): number {
    return this.#sites.length;
  }

  /** How many frames stand outside of the innermost activation of `fn`; null: it does not run. */
  indexOf(fn: AnyFunction): number | null {
    const below = framesBelow(fn);
    return below === null || below >= this.#sites.length ? null : below;
  }

  /**
   * Whether `fn` runs more than once on this stack: then nothing tells which of its activations
   * belongs to a given generator.
   */
  isAmbiguous(fn: AnyFunction, at: number): boolean {
    const name = this.#sites[at]?.functionName;
    const script = this.#sites[at]?.scriptName;
    const id = loadBinding().functionId(fn);
    return (
      this.#sites.some(
        (site, index) =>
          index !== at &&
          site.functionName === name &&
          site.scriptName === script,
      ) && id !== ''
    );
  }

  frames(from: number, to = this.#sites.length): Frame[] {
    return this.#sites
      .slice(Math.max(from, 0), to)
      .map((site) => new Frame(site, 'running'));
  }
}

interface CallSite {
  getLineNumber(): number | null;
}

/**
 * How many JavaScript frames stand outside of the innermost activation of `fn`, null when it is
 * not on the stack. `Error.captureStackTrace` compares functions, which works in strict mode and
 * for inlined frames too.
 */
function framesBelow(fn: AnyFunction): number | null {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  for (const descriptor of [limit, prepare]) {
    // A getter or a frozen property is the program's: it is neither run nor overridden.
    if (
      descriptor !== undefined &&
      (!Object.hasOwn(descriptor, 'value') || descriptor.configurable !== true)
    ) {
      throw new AsynctbError(
        'ERR_ASYNCTB_NO_RUNNING_STACK',
        'the program has locked Error.stackTraceLimit or Error.prepareStackTrace, which are needed to find a running function',
      );
    }
  }
  const holder: { stack?: unknown } = {};
  let sites: readonly CallSite[] = [];
  try {
    define('stackTraceLimit', EVERY_FRAME);
    define('prepareStackTrace', (_error: unknown, found: CallSite[]) => found);
    Error.captureStackTrace(holder, fn);
    sites = holder.stack as readonly CallSite[];
  } finally {
    restore('stackTraceLimit', limit);
    restore('prepareStackTrace', prepare);
  }
  // Built-ins like Array.prototype.map have no line, and V8's own list of frames leaves them out.
  const count = sites.filter((site) => site.getLineNumber() !== null).length;
  return sites.length === 0 ? null : count;
}

function define(name: string, value: unknown): void {
  Object.defineProperty(Error, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function restore(name: string, old: PropertyDescriptor | undefined): void {
  if (old !== undefined) Object.defineProperty(Error, name, old);
  else Reflect.deleteProperty(Error, name);
}
