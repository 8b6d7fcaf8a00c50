// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { uncurry } from './primordials.js';

const { alloc, from } = Buffer;
const toString = uncurry(
  (Buffer.prototype as Buffer).toString as (
    this: Buffer,
    encoding: 'utf8',
  ) => string,
);

/** Of so many zeros. */
export const newBuffer: (bytes: number) => Buffer = alloc;

/** The UTF-8 text that is encoded. What is no base64 is skipped, as Node does. */
export function textOfBase64(encoded: string): string {
  return toString(from(encoded, 'base64'), 'utf8');
}
