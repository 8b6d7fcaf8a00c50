// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { invalidArgument } from './errors.js';

const MOST = 0xffff_ffff;

/** A whole number from 0; Infinity means as many as can be. */
export function checkCount(name: string, value: number): number;
export function checkCount(
  name: string,
  value: number | undefined,
): number | undefined;
export function checkCount(
  name: string,
  value: number | undefined,
): number | undefined {
  if (value === undefined) return undefined;
  if (value === Number.POSITIVE_INFINITY) return MOST;
  if (typeof value !== 'number') {
    throw invalidArgument(name, 'a number');
  }
  if (!Number.isInteger(value) || value < 0) {
    throw Object.assign(
      new RangeError(`${name} must be a whole number from 0 up, or Infinity`),
      { code: 'ERR_ASYNCTB_OUT_OF_RANGE' },
    );
  }
  return Math.min(value, MOST);
}
