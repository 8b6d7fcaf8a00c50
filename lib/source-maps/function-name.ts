// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpTest } from '../base/patterns.js';
import {
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import type { Sites } from '../base/capture.js';
import type { ScriptMap } from './script-map.js';

/** What may stand between a function's name and its parameters. */
const BETWEEN =
  /^\s*(?:[=:]\s*\(?\s*(?:async\b\s*)?(?:function\b\s*)?\*?\s*)?$/;
const PART_OF_NAME = /[\p{ID_Continue}$\u200c\u200d]$/u;

/**
 * What a function is called in its source: what the map says of the very place where its name stands in
 * the code that runs. Null when the map says nothing of it.
 */
export function originalName(
  sites: Sites,
  site: number,
  map: ScriptMap,
): string | null {
  const name = sites.functionName[site] ?? '';
  const head = sites.functionHead[site] ?? '';
  const line = sites.functionLine[site] ?? 0;
  const column = sites.functionColumn[site] ?? 0;
  if (name === '' || line === 0) return null;
  // The text may hold it more than once: as a part of `function`, say.
  for (let end = head.length - name.length; end >= 0;) {
    const at = StringPrototypeLastIndexOf(head, name, end);
    if (at < 0) return null;
    if (isNameAt(head, name, at)) {
      return map.nameAt(line, column - (head.length - at));
    }
    end = at - 1;
  }
  return null;
}

function isNameAt(head: string, name: string, at: number): boolean {
  if (!RegExpTest(BETWEEN, StringPrototypeSlice(head, at + name.length)))
    return false;
  // `async#name` is two words.
  return (
    StringPrototypeStartsWith(name, '#') ||
    !RegExpTest(PART_OF_NAME, StringPrototypeSlice(head, 0, at))
  );
}
