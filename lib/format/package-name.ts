// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpReplaceIn, RegExpSplitIn } from '../base/patterns.js';
import { ArrayPrototypeIncludes } from '../base/primordials.js';

/** Folders of `node_modules` in which package managers keep all versions of all packages. */
const STORES = ['.bun', '.pnpm', '.store'];

/**
 * The name of the installed package that a script is of, such as `pg` or `@grpc/grpc-js`; empty for one that
 * is not installed. The innermost `node_modules` counts: there may be others around it, such as those of pnpm.
 */
export function packageOf(scriptName: string): string {
  const parts = RegExpSplitIn(scriptName, /[\\/]/);
  for (let at = parts.length - 2; at >= 0; at--) {
    if (parts[at] === 'node_modules')
      return nameOf(parts[at + 1] ?? '', parts[at + 2] ?? '');
  }
  return '';
}

function nameOf(folder: string, below: string): string {
  if (folder[0] === '@') return below === '' ? folder : `${folder}/${below}`;
  if (!ArrayPrototypeIncludes(STORES, folder)) return folder;
  // `pg@8.1.0`, `@grpc+grpc-js@1.0.0`, `pg-npm-8.1.0-5fa1c3`
  const name = RegExpReplaceIn(below, /(?!^)(?:@|-npm-).*$/, '');
  return name[0] === '@' ? RegExpReplaceIn(name, /\+/, '/') : name;
}
