// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, test } from 'vitest';
import { Site } from '../../lib/model/site.js';
import { originOf } from '../../lib/source-maps/live-sites.js';
import { ScriptMap } from '../../lib/source-maps/script-map.js';
import {
  baseUrl,
  dataOf,
  pathOf,
  sourceName,
} from '../../lib/source-maps/urls.js';

const inline = (map: object): string =>
  `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;

/** The first column of line 1 comes from line 3, column 5 of the first source. */
const MAP = {
  version: 3,
  sources: ['src/a.ts'],
  sourcesContent: ['one\ntwo\n    three'],
  names: [],
  mappings: 'AAEI',
};

describe('names of scripts and sources', () => {
  test('what a map is relative to', () => {
    expect(baseUrl('/app/a b#1?.js')).toBe('file:///app/a b%231%3F.js');
    expect(baseUrl('/app/100%.js')).toBe('file:///app/100%25.js');
    expect(baseUrl('C:\\app\\a.js')).toBe('file:///C:/app/a.js');
    expect(baseUrl('file:///app/a.mjs')).toBe('file:///app/a.mjs');
    expect(baseUrl('evalmachine.<anonymous>')).toBe('');
    expect(baseUrl('')).toBe('');
  });

  test('which URLs are files of this machine', () => {
    expect(pathOf('file:///app/a%20b.map')).toBe('/app/a b.map');
    expect(pathOf('file:///C:/app/a.map')).toBe('C:/app/a.map');
    expect(pathOf('file:///app/%ff.map')).toBe('');
    expect(pathOf('file:///app/100%-a%20b.map')).toBe('/app/100%-a b.map');
    expect(pathOf('file://host/share/a.map')).toBe('');
    expect(pathOf('http://host/a.map')).toBe('');
    expect(pathOf('')).toBe('');
  });

  test('sources are called as their script is', () => {
    const url = 'file:///app/src/a.ts';
    expect(sourceName('a.ts', url, '/app/out/a.js')).toBe('/app/src/a.ts');
    expect(sourceName('a.ts', url, 'file:///app/out/a.js')).toBe(url);
    expect(sourceName('C:\\a.ts', 'file:///C:\\a.ts', '/app/a.js')).toBe(
      'C:\\a.ts',
    );
    const bundled = 'webpack://app/a.ts';
    expect(sourceName(bundled, bundled, '/app/a.js')).toBe(bundled);
  });

  test('data in a URL', () => {
    expect(dataOf('data:application/json,%7B%22a%22:1%7D')).toBe('{"a":1}');
    expect(dataOf('data:application/json;charset=utf-8;base64,e30=')).toBe(
      '{}',
    );
    expect(dataOf('a.js.map')).toBeNull();
    expect(() => dataOf('data:,%zz')).toThrow(URIError);
  });
});

describe('the map of a script', () => {
  test('a place, looked up once', () => {
    const map = new ScriptMap('/app/out/a.js', inline(MAP));
    const origin = map.originOf(1, 1);
    expect(origin).toEqual({
      scriptName: '/app/out/src/a.ts',
      lineNumber: 3,
      columnNumber: 5,
      lineText: 'three',
    });
    expect(map.originOf(1, 1)).toBe(origin);
    expect(map.originOf(1, 2 ** 30)).toEqual(origin);
    expect(map.originOf(2, 1)).toBeNull();
  });

  test('of a script that is no file: relative sources stay as they are', () => {
    const map = new ScriptMap('evalmachine.<anonymous>', inline(MAP));
    expect(map.originOf(1, 1)?.scriptName).toBe('src/a.ts');
    expect(new ScriptMap('evalmachine', 'a.js.map').originOf(1, 1)).toBeNull();
  });

  test('a source without a name or a text', () => {
    const map = new ScriptMap(
      '/app/a.js',
      inline({ ...MAP, sources: [null], sourcesContent: [null] }),
    );
    expect(map.originOf(1, 1)).toMatchObject({ lineNumber: 3, lineText: '' });
  });

  test('places that no map can know', () => {
    const map = new ScriptMap('/app/a.js', inline(MAP));
    expect(map.originOf(0, 0)).toBeNull();
    expect(map.originOf(-5, 1)).toBeNull();
  });

  test('segments without a source, and URLs that are damaged', () => {
    const unmapped = new ScriptMap('/a.js', inline({ ...MAP, mappings: 'A' }));
    expect(unmapped.originOf(1, 1)).toBeNull();
    for (const url of ['data:,%zz', 'http://[', 'data:application/json,{']) {
      expect(new ScriptMap('/a.js', url).originOf(1, 1)).toBeNull();
    }
  });

  test('a bounded number of places is remembered', () => {
    const map = new ScriptMap('/app/a.js', inline(MAP));
    const first = map.originOf(1, 1);
    for (let column = 2; column < 10_010; column++) map.originOf(1, column);
    expect(map.originOf(1, 1)).not.toBe(first);
    expect(map.originOf(1, 1)).toEqual(first);
  });
});

describe('the scripts of a thread', () => {
  const place = { scriptName: '/app/a.js', lineNumber: 1, columnNumber: null };

  test('the one that was used the longest time ago is forgotten', () => {
    const asked: number[] = [];
    const ask = (script: number): string | undefined =>
      originOf(script, place, () => {
        asked.push(script);
        return inline(MAP);
      })?.scriptName;
    for (let script = 1; script <= 256; script++) ask(script);
    expect(ask(1)).toBe('/app/src/a.ts');
    expect(asked).toHaveLength(256);
    ask(257);
    ask(1);
    expect(asked).toHaveLength(257);
    ask(2);
    expect(asked).toHaveLength(258);
  });

  test('no map, or no line: nothing to look up', () => {
    const fail = (): string => expect.unreachable();
    expect(originOf(0, place, fail)).toBeNull();
    expect(originOf(9, { ...place, lineNumber: null }, fail)).toBeNull();
  });

  test('a site at its origin keeps where it stands in the code', () => {
    const site = new Site('f', place, 'x', 'async-function');
    const mapped = site.at({
      scriptName: '/app/src/a.ts',
      lineNumber: 3,
      columnNumber: 5,
      lineText: 'three',
    });
    expect(mapped).toMatchObject({
      functionName: 'f',
      kind: 'async-function',
      lineText: 'three',
      generated: place,
    });
  });
});
