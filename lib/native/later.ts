// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * How the bundle loads the parts of this package that it has left for later; `rollup.config.mjs` says
 * which, and calls this. With the addon at hand neither `node:fs` nor Node's loader has a part in it, whose
 * functions may be the program's own by then.
 */

import { loadedBinding } from './binding.js';

const loaded = new Map<string, object>();

/** `require`: that of the caller, for what is loaded already. */
export function loadLater(
  file: string,
  require: (path: string) => object,
): object {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const load = loadedBinding()?.compileFile(`${__dirname}/${file}`) ?? null;
  if (load === null) return require(`./${file}`);
  const exports = {};
  load(exports, require);
  loaded.set(file, exports);
  return exports;
}
