// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { JSONStringify } from '../base/json.js';
import { ArrayPrototypeMap } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import { ArrayPrototypeJoin } from '../base/primordials.js';

/** A command line as one text. */
export function commandText(argv: readonly string[]): string {
  return ArrayPrototypeJoin(ArrayPrototypeMap(argv, shellWord), ' ');
}

/** So that an empty argument, or one with a space inside, is seen as what it is. */
function shellWord(argument: string): string {
  return RegExpTest(/^[^\s'"\\]+$/, argument)
    ? argument
    : JSONStringify(argument);
}
