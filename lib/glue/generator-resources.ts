// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { types } from 'node:util';
import { ownData } from '../format/node-values.js';
import type { Resource } from '../model/resource.js';
import type { Stack } from '../model/stack.js';

/** An object with more properties is no wrapper. */
const MOST_PROPERTIES = 50;

/**
 * A resource that is a generator, or a wrapper around one: its inner stack is the generator's,
 * which stands where the resource is in use. On the way out, what runs is a frame of the stack
 * itself.
 */
export function elaborateGeneratorResource(
  value: unknown,
  resource: Resource,
  extract: (generator: object) => Stack,
): void {
  if (resource.isExiting || resource.innerStack !== null) return;
  const generator = generatorOf(value);
  if (generator !== null) resource.innerStack = extract(generator);
}

function generatorOf(value: unknown): object | null {
  if (types.isGeneratorObject(value)) return value;
  if (typeof value !== 'object' || value === null || types.isProxy(value)) {
    return null;
  }
  const keys = Reflect.ownKeys(value);
  if (keys.length > MOST_PROPERTIES) return null;
  const generators = new Set<object>();
  for (const key of keys) {
    const held = ownData(value, key);
    if (types.isGeneratorObject(held)) generators.add(held);
  }
  const [only] = [...generators];
  return generators.size === 1 && only !== undefined ? only : null;
}
