// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpTest } from '../base/patterns.js';
import { StringPrototypeStartsWith } from '../base/primordials.js';

const INSTALLED = /[\\/]node_modules[\\/]/;

/** Whose code it is: the program's own, an installed library's, or Node's. */
export type Origin = 'own' | 'library' | 'node';

/** By the name of its script. Of what has none, nothing is known: it is nobody's, as Node's is. */
export function originOf(scriptName: string): Origin {
  if (scriptName === '' || StringPrototypeStartsWith(scriptName, 'node:'))
    return 'node';
  return RegExpTest(INSTALLED, scriptName) ? 'library' : 'own';
}
