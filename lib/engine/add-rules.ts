// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { outOfRange } from '../base/errors.js';
import { ArrayPrototypeJoin } from '../base/primordials.js';
import { checkRules } from '../explain/check-rules.js';
import { tryBinding } from './binding.js';

/**
 * Checks rules and has all threads use them. Returns what takes them back.
 * @throws `ERR_ASYNCTB_INVALID_ARG`, `ERR_ASYNCTB_OUT_OF_RANGE`
 */
export function addRules(name: string, given: unknown): () => void {
  const { json, fields, count } = checkRules(name, given);
  const binding = tryBinding();
  if (binding === null || count === 0) return () => {};
  const number = binding.addRules(
    json,
    ArrayPrototypeJoin(fields, '\n'),
    count,
  );
  if (number === 0) {
    throw outOfRange(
      `${name} must leave the process with at most 1,000 rules, of 2 MB, that name at most 500 fields`,
    );
  }
  let isAdded = true;
  return () => {
    if (isAdded) binding.removeRules(number);
    isAdded = false;
  };
}
