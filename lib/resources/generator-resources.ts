// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { SetValues } from '../base/lists.js';
import {
  GlobalSet,
  ReflectOwnKeys,
  SetPrototypeAdd,
  SetPrototypeGetSize,
} from '../base/primordials.js';
import { isGeneratorObject, isProxy } from '../base/node-types.js';
import { ownData } from '../base/own.js';
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
  if (isGeneratorObject(value)) return value;
  if (typeof value !== 'object' || value === null || isProxy(value)) {
    return null;
  }
  const keys = ReflectOwnKeys(value);
  if (keys.length > MOST_PROPERTIES) return null;
  const generators = new GlobalSet<object>();
  for (const key of keys) {
    const held = ownData(value, key);
    if (isGeneratorObject(held)) SetPrototypeAdd(generators, held);
  }
  const { 0: only } = SetValues(generators);
  return SetPrototypeGetSize(generators) === 1 && only !== undefined
    ? only
    : null;
}
