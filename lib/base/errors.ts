// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypeSlice,
  ArrayPrototypeSome,
} from './lists.js';
import { type AsynctbErrorCode, isErrorCode } from './error-codes.js';
import {
  FunctionPrototypeSymbolHasInstance,
  GlobalAggregateError,
  GlobalError,
  GlobalRangeError,
  GlobalTypeError,
  ObjectAssign,
} from './primordials.js';

/**
 * An error of this library: its `code` is stable, its message says what happened and what to do
 * next. The private field is a brand: `#code in value` recognises one of ours without running a
 * proxy's traps, which `instanceof` would.
 */
export class AsynctbError extends GlobalError {
  readonly #ours = true;
  readonly code: AsynctbErrorCode;

  constructor(
    code: AsynctbErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
  }

  static is(value: object): value is AsynctbError {
    return #ours in value && value.#ours;
  }
}

/** An error of a capture: the addon has no codes but those of the union, which a test compares. */
export function capturedError(code: string, message: string): AsynctbError {
  return new AsynctbError(code as AsynctbErrorCode, message);
}

/** An error that came as data: ours if the code is ours, else one of the program with its code. */
export function errorOf(code: string, message: string): Error {
  return isErrorCode(code)
    ? new AsynctbError(code, message)
    : ObjectAssign(new GlobalError(message), { code });
}

/**
 * Several errors of one extraction; recognised like `AsynctbError`.
 * @internal
 */
export class ExtractionErrors extends GlobalAggregateError {
  readonly #all: readonly Error[];

  constructor(errors: readonly Error[]) {
    super(errors, `${errors.length} errors while extracting`);
    this.#all = errors;
  }

  static is(value: object): value is ExtractionErrors {
    return #all in value;
  }

  get all(): readonly Error[] {
    return this.#all;
  }
}

/**
 * What `Stack.error` and `ThreadDump.error` hold: nothing, the one error, or all of them. What was
 * found twice, on the way in and on the way up, is told once.
 */
export function joinErrors(errors: readonly Error[]): Error | null {
  const all = ArrayPrototypeFlatMap(errors, (error) =>
    ExtractionErrors.is(error) ? error.all : [error],
  );
  const different = ArrayPrototypeFilter(
    all,
    (error, index) =>
      !ArrayPrototypeSome(ArrayPrototypeSlice(all, 0, index), (before) =>
        isSame(before, error),
      ),
  );
  const { 0: first } = different;
  if (first === undefined) return null;
  return different.length === 1 ? first : new ExtractionErrors(different);
}

function isSame(one: Error, other: Error): boolean {
  if (one === other) return true;
  return (
    AsynctbError.is(one) &&
    AsynctbError.is(other) &&
    one.code === other.code &&
    one.message === other.message
  );
}

/** What was thrown, in words: an error's message. Nothing else is asked, as it may be anything. */
export function reasonOf(thrown: unknown): string {
  if (FunctionPrototypeSymbolHasInstance(GlobalError, thrown)) {
    return (thrown as Error).message;
  }
  return typeof thrown === 'string' ? thrown : 'unknown reason';
}

/** A wrong argument: thrown at once, unlike what goes wrong while extracting. */
export function invalidArgument(
  name: string,
  expected: string,
): TypeError & { code: AsynctbErrorCode } {
  return ObjectAssign(new GlobalTypeError(`${name} must be ${expected}`), {
    code: 'ERR_ASYNCTB_INVALID_ARG' as const,
  });
}

/** The same of a number, or of a thread that there is not. */
export function outOfRange(
  message: string,
): RangeError & { code: AsynctbErrorCode } {
  return ObjectAssign(new GlobalRangeError(message), {
    code: 'ERR_ASYNCTB_OUT_OF_RANGE' as const,
  });
}
