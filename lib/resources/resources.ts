// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { MapPrototypeGet } from '../base/primordials.js';
import { localTypes } from '../hooks/registry.js';
import { warnOnce } from '../hooks/warn.js';
import type { Resource } from '../model/resource.js';
import type { Binding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { originOf } from '../source-maps/live-sites.js';
import {
  attempt,
  type FrameReader as Reader,
  frameResources as heldByBlocks,
  lineAt,
  type RawHolder,
  scopesOf,
} from './frame-resources.js';
import { PlaceSources } from './place-sources.js';
import { addLocalResources, declarationsIn } from './local-resources.js';

/** What is asked of the addon about one frame. */
export type FrameReader = Pick<
  Binding,
  'closureScopes' | 'registerObjects' | 'scopes' | 'sourceMapUrl' | 'sourceText'
>;

const places = new PlaceSources();
const VARIABLES = { what: 'looking for resources among variables' };

/** What a frame of this thread holds, outermost first. Never throws: see `frame-resources.ts`. */
export function frameResources(
  holder: RawHolder,
  binding: FrameReader,
): Resource[] {
  const reader = readerOf(binding);
  const { found, source } = heldByBlocks(holder, reader);
  if (localTypes.isEmpty) return found;
  attempt(reader, VARIABLES, () => {
    addLocalResources(found, scopesOf(holder, reader), (name) => {
      if (source === null) return null;
      source.variables ??= declarationsIn(source.text);
      const index = MapPrototypeGet(source.variables, name) ?? null;
      return index === null ? null : lineAt(holder, source, reader)(index);
    });
  });
  return found;
}

let asked: FrameReader | undefined;
let reader: Reader | undefined;

/** It is the same one for nearly all frames. */
function readerOf(binding: FrameReader): Reader {
  if (reader === undefined || asked !== binding) reader = newReader(binding);
  asked = binding;
  return reader;
}

function newReader(binding: FrameReader): Reader {
  return {
    closureScopes: (fn) => binding.closureScopes(fn),
    registerObjects: (activation) => binding.registerObjects(activation),
    scopes: (activation) => binding.scopes(activation),
    sourceText: (fn, start, end) => binding.sourceText(fn, start, end),
    originOf: (script, position) =>
      originOf(script, position, () => binding.sourceMapUrl(script)),
    places,
    get readsBlocks() {
      return can('resources');
    },
    warn: (reading, error) => {
      warnOnce(reading, reading.what, error);
    },
  };
}
