// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { AsynctbError } from '../model/errors.js';
import { type AnyFunction, Frame } from '../model/frame.js';
import { Site } from '../model/site.js';
import { requireNative } from '../native/capabilities.js';
import { liveSite } from '../source-maps/live-sites.js';

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
    const sites = requireNative().running(EVERY_FRAME).map(liveSite);
    this.#sites = sites.reverse().slice(0, framesOutside(entry));
  }

  get length(): number {
    return this.#sites.length;
  }

  /** Whether the frames from `from` up to `to` are all Node's own. */
  isNodes(from: number, to: number): boolean {
    return this.#sites.slice(from, to).every(({ internal }) => internal);
  }

  /** Where the innermost activation of `fn` is; null: it does not run. */
  indexOf(fn: AnyFunction): number | null {
    const index = framesOutside(fn);
    if (index >= this.#sites.length) return null;
    // None outside: it is the outermost frame, or not on the stack at all.
    return index > 0 || requireNative().activations(fn) > 0 ? index : null;
  }

  /**
   * Where one of several activations of `fn` is, counted from the innermost. Null when it cannot
   * be told: another function of its name runs too, or the optimizer has inlined some.
   */
  indexOfActivation(
    fn: AnyFunction,
    activation: number,
    activations: number,
  ): number | null {
    const innermost = this.indexOf(fn);
    if (innermost === null) return null;
    const { functionName, scriptName } = this.#sites[innermost] as Site;
    const alike: number[] = [];
    for (let index = innermost; index >= 0; index--) {
      const site = this.#sites[index] as Site;
      if (
        site.functionName === functionName &&
        site.scriptName === scriptName
      ) {
        alike.push(index);
      }
    }
    if (alike.length === 1) return innermost;
    if (activation < 0 || alike.length !== activations) return null;
    return alike[activation] ?? null;
  }

  /** `first`: what is known of the first frame, of which V8 tells only the place. */
  frames(
    from: number,
    to = this.#sites.length,
    first: Frame | null = null,
  ): Frame[] {
    return this.#sites
      .slice(Math.max(from, 0), to)
      .map((site, index) =>
        index === 0 && first !== null
          ? new Frame(
              new Site(
                site.functionName,
                site,
                site.lineText,
                first.kind,
                site.generated,
              ),
              'running',
              first.function,
              first.receiver,
              first.origin,
            )
          : new Frame(site, 'running'),
      );
  }
}

interface CallSite {
  getLineNumber(): number | null;
  isAsync(): boolean;
}

/**
 * How many JavaScript frames stand outside of the innermost activation of `fn`; 0 also when it is
 * not on the stack. `Error.captureStackTrace` compares functions, which works in strict mode and
 * for inlined frames too.
 */
export function framesOutside(fn: AnyFunction): number {
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
  // After them V8 lists async callers, which are not on this stack.
  return sites.filter(
    (site) => !site.isAsync() && site.getLineNumber() !== null,
  ).length;
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
