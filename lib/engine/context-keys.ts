// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeEvery,
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypeSome,
} from '../base/lists.js';
import { StringPrototypeSplit } from '../base/patterns.js';
import {
  ArrayIsArray,
  ArrayPrototypeJoin,
  StringPrototypeIncludes,
  StringPrototypeTrim,
} from '../base/primordials.js';
import { invalidArgument } from '../base/errors.js';
import { isSecretName } from '../redact/secret-names.js';

/** Checks a list of keys of contexts that somebody has given. */
export function contextKeys(name: string, value: unknown): readonly string[] {
  const isList =
    ArrayIsArray(value) &&
    ArrayPrototypeEvery(value, (key) => typeof key === 'string' && key !== '');
  if (!isList) throw invalidArgument(name, "an array of keys, or ['*']");
  return value as string[];
}

/** `requestId,user` */
export function splitKeys(text: string): string[] {
  return ArrayPrototypeMap(StringPrototypeSplit(text, ','), (key) =>
    StringPrototypeTrim(key),
  );
}

/** As the addon takes them. Those that sound like secrets are not even handed to it. */
export function keyLines(keys: readonly string[]): string {
  return ArrayPrototypeJoin(ArrayPrototypeFilter(keys, isAllowed), '\n');
}

function isAllowed(key: string): boolean {
  return (
    !StringPrototypeIncludes(key, '\n') &&
    !ArrayPrototypeSome(StringPrototypeSplit(key, '.'), isSecretName)
  );
}
