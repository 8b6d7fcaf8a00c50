// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { generatorOf } from '../base/held-generator.js';
import type { Resource } from '../model/resource.js';
import type { Stack } from '../model/stack.js';

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
