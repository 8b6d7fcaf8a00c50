// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { isGeneratorObject, isProxy } from './node-types.js';
import { ownData } from './own.js';
import { ReflectOwnKeys } from './primordials.js';

/** An object with more properties is no wrapper. */
const MOST_PROPERTIES = 50;

/**
 * The generator that a value is built on: itself, or the only one that its own properties hold. Null when
 * there is none, and when it cannot be told which of several it is.
 */
export function generatorOf(value: unknown): object | null {
  if (typeof value !== 'object' || value === null || isProxy(value)) {
    return null;
  }
  if (isGeneratorObject(value)) return value;
  const keys = ReflectOwnKeys(value);
  if (keys.length > MOST_PROPERTIES) return null;
  let only: object | null = null;
  for (const key of keys) {
    const held: unknown = ownData(value, key);
    if (!isGeneratorObject(held) || held === only) continue;
    if (only !== null) return null;
    only = held;
  }
  return only;
}
