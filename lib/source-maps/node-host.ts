// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { findSourceMap as currentFindSourceMap, SourceMap } from 'node:module';
import { textOfBase64 } from '../base/node-buffer.js';
import {
  ObjectGetOwnPropertyDescriptor,
  ReflectApply,
} from '../base/primordials.js';
import { can } from '../engine/capabilities.js';
import { loadBinding } from '../engine/binding.js';
import type { MapHost } from './host.js';

// Now, before the program can have put functions of its own in their place.
const findSourceMap = currentFindSourceMap;
// Other runtimes have none.
const { prototype } = SourceMap ?? {};
const payloadOf =
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this`
  prototype && ObjectGetOwnPropertyDescriptor(prototype, 'payload')?.get;

/** By the addon and not by `node:fs`, whose functions may be the program's. */
export const nodeHost: MapHost = {
  readText: (path, root, longest) =>
    can('native') ? loadBinding().readText(path, root, longest) : null,
  hasRoom: (bytes) => !can('native') || loadBinding().hasRoom(bytes),
  textOfBase64,
  /** With --enable-source-maps. */
  keptMap(scriptName) {
    try {
      const map = findSourceMap(scriptName);
      return map === undefined || payloadOf === undefined
        ? undefined
        : (ReflectApply(payloadOf, map, []) as unknown);
    } catch {
      return undefined;
    }
  },
};
