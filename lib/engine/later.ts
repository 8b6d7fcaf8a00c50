// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * How the bundle loads the parts of this package that it has left for later; `rollup.config.mjs` says
 * which, and calls this. With the addon at hand neither `node:fs` nor Node's loader has a part in it, whose
 * functions may be the program's own by then.
 */

import { MapFrom } from '../base/lists.js';
import { MapPrototypeGet, MapPrototypeSet } from '../base/primordials.js';
import { types } from 'node:util';
import { AsynctbError } from '../base/errors.js';
import { loadedBinding } from './binding.js';

/** By the names that the parts require them by; of `node:util` what they use. */
const loaded = MapFrom<string, object>([['node:util', { types }]]);

/** Each part that is loaded at once says so. */
export function isLoaded(path: string, exports: object): void {
  MapPrototypeSet(loaded, path, exports);
}

/** By Node's loader, which needs a file descriptor: without the addon none is set aside. */
function loadWithout(load: () => object): object {
  try {
    return load();
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code !== 'EMFILE' && code !== 'ENFILE') throw cause;
    throw new AsynctbError(
      'ERR_ASYNCTB_NO_DESCRIPTOR',
      'a part of asynctb cannot be loaded: too many open files; load asynctb/register at start, ' +
        'or call capabilities() there, and file descriptors are set aside for this',
      { cause },
    );
  }
}

/**
 * `load`: loads it where there is no addon, and shows it to bundlers; `require`: that of the caller.
 */
export function loadLater(
  path: string,
  load: () => object,
  require: (path: string) => object,
): object {
  const known = MapPrototypeGet(loaded, path);
  if (known !== undefined) return known;
  let exports = {};
  const run = loadedBinding()?.compileFile(`${__dirname}/${path}`) ?? null;
  if (run === null) exports = loadWithout(load);
  else
    run(exports, (inner) => MapPrototypeGet(loaded, inner) ?? require(inner));
  MapPrototypeSet(loaded, path, exports);
  return exports;
}
