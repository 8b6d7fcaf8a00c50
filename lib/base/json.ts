// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap, ArrayPrototypePush } from './lists.js';
import {
  ArrayIsArray,
  ArrayPrototypeJoin,
  JSONStringifyAny,
  ObjectKeys,
} from './primordials.js';

/**
 * `JSON.stringify` for plain data: without the `toJSON` that a program may have given to all objects
 * or arrays. What is undefined is left out of objects.
 */
export function JSONStringify(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return JSONStringifyAny(value) ?? 'null';
  }
  if (ArrayIsArray(value)) {
    const items = ArrayPrototypeMap(value as readonly unknown[], JSONStringify);
    return `[${ArrayPrototypeJoin(items, ',')}]`;
  }
  const members: string[] = [];
  for (let index = 0, keys = ObjectKeys(value); index < keys.length; index++) {
    const key = keys[index] as string;
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    ArrayPrototypePush(
      members,
      `${JSONStringifyAny(key)}:${JSONStringify(member)}`,
    );
  }
  return `{${ArrayPrototypeJoin(members, ',')}}`;
}
