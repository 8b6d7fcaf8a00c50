// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  GlobalRangeError,
  MathMin,
  NumberIsInteger,
  NumberPOSITIVE_INFINITY,
  ObjectAssign,
} from './primordials.js';
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
  if (value === NumberPOSITIVE_INFINITY) return MOST;
  if (typeof value !== 'number') {
    throw invalidArgument(name, 'a number');
  }
  if (!NumberIsInteger(value) || value < 0) {
    throw ObjectAssign(
      new GlobalRangeError(
        `${name} must be a whole number from 0 up, or Infinity`,
      ),
      { code: 'ERR_ASYNCTB_OUT_OF_RANGE' },
    );
  }
  return MathMin(value, MOST);
}
