// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Site, SourcePosition } from '../model/site.js';
import { ArrayPrototypePush } from '../base/lists.js';
import { loadBinding } from '../engine/binding.js';
import type { Sites } from '../base/capture.js';
import { nodeHost } from './node-host.js';
import type { Origin } from './script-map.js';
import { ThreadMaps } from './thread-maps.js';

let live: ThreadMaps | undefined;

/** The maps of this thread's code. */
function maps(): ThreadMaps {
  return (live ??= new ThreadMaps(nodeHost));
}

/** Where a position of this thread's code comes from; null when that is the position itself. */
export function originOf(
  script: number,
  position: SourcePosition,
  sourceMapUrl: () => string,
): Origin | null {
  return maps().lookUp(script, position, sourceMapUrl)?.origin ?? null;
}

/** A site of this thread, at the position in its source. */
export function liveSite(sites: Sites, at: number): Site {
  const url = (script: number): string => loadBinding().sourceMapUrl(script);
  return maps().map(sites, at, url);
}

/** All sites of a capture of this thread. */
export function liveSites(sites: Sites): Site[] {
  const all: Site[] = [];
  for (let at = 0; at < sites.length; at++)
    ArrayPrototypePush(all, liveSite(sites, at));
  return all;
}

/** The same of a site that V8 gave otherwise. */
export function sourceSite(
  plain: Site,
  script: number,
  sourceMapUrl: () => string,
): Site {
  return maps().mapPlace(plain, script, sourceMapUrl);
}
