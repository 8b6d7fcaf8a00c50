// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { expect, test } from 'vitest';
import type { CapturedThread, Site } from '../../lib/model/site.js';
import type { MapHost } from '../../lib/source-maps/host.js';
import { sitesOf } from './capture-tables.js';
import { mapSites } from '../../lib/source-maps/thread-maps.js';

const MAP = JSON.stringify({
  version: 3,
  sources: ['a.ts'],
  sourcesContent: ['const a = 1;'],
  names: [],
  mappings: 'AAAA',
});

const SITES = sitesOf(
  { functionName: 'load', scriptName: '/app/1.js', script: 1 },
  { functionName: 'load', scriptName: '/app/2.js', script: 2 },
);

/** The sites of scripts 1 and 2 of a capture. */
function mappedWith(
  host: MapHost,
  urls: [script: number, url: string | null][],
): (Site | undefined)[] {
  const sourceMaps = urls.map(([script, url]) => ({ script, url }));
  const raw = { sites: SITES, sourceMaps } as unknown as CapturedThread;
  const [mapped] = mapSites([raw], host);
  return [0, 1].map((site) => mapped?.makeSite?.(SITES, site));
}

const HOST: MapHost = {
  readText: () => null,
  hasRoom: () => true,
  textOfBase64: () => null,
};

test('a map that was too long to be copied is said to be left out, and others are used', () => {
  const [one, two] = mappedWith(HOST, [
    [1, null],
    [2, `data:application/json,${encodeURIComponent(MAP)}`],
  ]);
  expect(one?.scriptName).toBe('/app/1.js');
  expect(one?.note).toMatch(/^source map not used: .* too long together$/);
  expect(two).toMatchObject({ scriptName: '/app/a.ts', note: null });
});

test('maps that take too long leave the other places as they are', () => {
  const slow: MapHost = {
    ...HOST,
    readText(path) {
      if (!path.endsWith('.map')) return null;
      const end = Date.now() + 2_050;
      while (Date.now() < end);
      return MAP;
    },
  };
  const [one, two] = mappedWith(slow, [
    [1, '1.js.map'],
    [2, '2.js.map'],
  ]);
  expect(one?.scriptName).toBe('/app/a.ts');
  expect(two?.scriptName).toBe('/app/2.js');
  expect(two?.note).toMatch(/^source map not used: .* took too long$/);
});

test('a map that does not fit into memory is not read', () => {
  const full: MapHost = { ...HOST, hasRoom: () => false };
  const [one] = mappedWith(full, [[1, `data:application/json,{}`]]);
  expect(one?.scriptName).toBe('/app/1.js');
  expect(one?.note).toMatch(/no memory left to read it$/);
});
