// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { invalidArgument, outOfRange } from './errors.js';
import { ownProperties } from './own.js';
import {
  ArrayPrototypeIncludes,
  ArrayPrototypeJoin,
  MathMin,
  NumberIsInteger,
  NumberPOSITIVE_INFINITY,
  ObjectKeys,
} from './primordials.js';

/** Returns a value that is as it must be, or what counts in its place; throws otherwise. */
type Check<Value> = (name: string, value: unknown) => Value;

export type Checks<Options> = {
  readonly [Name in keyof Options]?: Check<Options[Name]>;
};

/** What was given without what it inherits: that of which there is a check, checked in that order. */
export function checkOptions<Options extends object>(
  options: Options,
  checks: Checks<Options>,
  name = 'options',
): Options {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument(name, 'an object');
  }
  const given = ownProperties(options);
  for (const key of ObjectKeys(checks) as (keyof Options & string)[]) {
    const value = given[key];
    const check = checks[key] as Check<typeof value>;
    if (value !== undefined) given[key] = check(`${name}.${key}`, value);
  }
  return given;
}

export function flag(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidArgument(name, 'a boolean');
  return value;
}

export function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidArgument(name, 'a string');
  return value;
}

export function oneOf<Value extends string>(
  values: readonly Value[],
): Check<Value> {
  return (name, value) => {
    if (!ArrayPrototypeIncludes(values, value)) {
      throw invalidArgument(name, `one of ${ArrayPrototypeJoin(values, ', ')}`);
    }
    return value as Value;
  };
}

const MOST = 0xffff_ffff;

/** A whole number from 0; Infinity means as many as can be. */
export function count(name: string, value: unknown): number {
  if (value === NumberPOSITIVE_INFINITY) return MOST;
  if (typeof value !== 'number') throw invalidArgument(name, 'a number');
  if (!NumberIsInteger(value) || value < 0) {
    throw outOfRange(`${name} must be a whole number from 0 up, or Infinity`);
  }
  return MathMin(value, MOST);
}

export function checkFunctionOrNull(name: string, value: unknown): void {
  if (value !== null && typeof value !== 'function') {
    throw invalidArgument(name, 'a function or null');
  }
}
