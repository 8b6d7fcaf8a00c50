// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, test } from 'vitest';
import { Site } from '../../lib/model/site.js';
import { sitesOf } from './capture-tables.js';
import { originalName } from '../../lib/source-maps/function-name.js';
import { originOf } from '../../lib/source-maps/live-sites.js';
import { Mappings } from '../../lib/source-maps/mappings.js';
import { ScriptMap } from '../../lib/source-maps/script-map.js';
import { nodeHost } from '../../lib/source-maps/node-host.js';

const mapOf = (scriptName: string, url: string): ScriptMap =>
  new ScriptMap(scriptName, url, nodeHost);

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

describe('the name of a function', () => {
  /** What stands before the parameters, at the names of which the map has something to say. */
  function nameOf(name: string, head: string): string | null {
    const segments = Array.from(head, (_, at) => {
      const moved = at === 0 ? 'AAAA' : 'CAAC';
      return head.startsWith(name, at) ? `${moved}A` : moved;
    });
    const json = {
      ...MAP,
      sourcesContent: [head],
      names: ['given'],
      mappings: segments.join(','),
    };
    const sites = sitesOf({
      ...{ functionName: name, script: 1, functionHead: head },
      ...{ functionLine: 1, functionColumn: head.length + 1 },
    });
    return originalName(sites, 0, mapOf('/app/a.js', inline(json)));
  }

  test.each([
    ['t', 'async function t'],
    ['t', 'function*t'],
    ['t', 'let a=1,t=async'],
    ['t', 'var t=async function'],
    ['t', 't = function* '],
    ['t', 'class{async t'],
    ['t', '({t:async '],
    ['#t', 'class{async#t'],
    ['$', 'x.$='],
    ['é', 'const é = '],
  ])('%s is found in %s', (name, head) => {
    expect(nameOf(name, head)).toBe('given');
  });

  test.each([
    ['t', 'async function'],
    ['t', 'x(t,async'],
    ['t', 'function bit'],
    ['t', 'return t(1),async '],
    ['', 'async '],
    ['long', 'x'],
  ])('%s is not in %s', (name, head) => {
    expect(nameOf(name, head)).toBeNull();
  });

  test('is the one of the code where the map has none', () => {
    const sites = sitesOf({
      ...{ functionName: 't', script: 1, functionHead: 'function t' },
      ...{ functionLine: 1, functionColumn: 11 },
    });
    for (const names of [[], [7], ['x'.repeat(1000)], 'name']) {
      const map = mapOf(
        '/app/a.js',
        inline({ ...MAP, names, mappings: 'AAEIA,SAAA,EAAAA' }),
      );
      expect(originalName(sites, 0, map)).toBeNull();
    }
  });
});

describe('the map of a script', () => {
  test('a place, looked up once', () => {
    const map = mapOf('/app/out/a.js', inline(MAP));
    const origin = map.originOf(1, 1);
    expect(origin).toEqual({
      scriptName: '/app/out/src/a.ts',
      lineNumber: 3,
      columnNumber: 5,
      lineText: '    three',
    });
    expect(map.originOf(1, 1)).toBe(origin);
    expect(map.originOf(1, 2 ** 30)).toEqual(origin);
    expect(map.originOf(2, 1)).toBeNull();
  });

  test('of a script that is no file: relative sources stay as they are', () => {
    const map = mapOf('evalmachine.<anonymous>', inline(MAP));
    expect(map.originOf(1, 1)?.scriptName).toBe('src/a.ts');
    expect(mapOf('evalmachine', 'a.js.map').originOf(1, 1)).toBeNull();
  });

  test('a source without a text', () => {
    const map = mapOf('/app/a.js', inline({ ...MAP, sourcesContent: [null] }));
    expect(map.originOf(1, 1)).toMatchObject({ lineNumber: 3, lineText: '' });
  });

  test.each([
    ['null', { sources: [null] }],
    ['no text', { sources: [7] }],
    ['empty', { sources: [''] }],
    ['blank', { sources: [' '] }],
    ['null as Node resolves it', { sources: ['file:///app/null'] }],
    ['the word null', { sources: ['null'], sourceRoot: 'src/' }],
    ['a folder', { sources: ['../'] }],
    ['the folder itself', { sources: ['.'] }],
    ['missing', { sources: [] }],
    ['outside', { sources: ['../etc/passwd'] }],
    ['outside, absolute', { sources: ['/etc/passwd'] }],
    ['outside, as a URL', { sources: ['file:///etc/passwd'] }],
    ['outside, encoded', { sources: ['%2e%2e%2fetc/passwd'] }],
    ['outside, by a root', { sourceRoot: '/etc/', sources: ['passwd'] }],
    ['on another machine', { sources: ['file://host/etc/passwd'] }],
    ['on another machine, in short', { sources: ['//host/etc/passwd'] }],
    ['beyond its end', { mappings: 'AAGA', sourcesContent: ['one'] }],
  ])('a source that is %s is none, and the map says so', (_what, change) => {
    const map = { ...MAP, sourcesContent: undefined, ...change };
    const found = mapOf('/app/a.js', inline(map)).lookUp(1, 1);
    expect(found.origin).toBeNull();
    expect(found.note).toMatch(/^source map not used: it/);
    expect(found.note).not.toMatch(/etc|passwd|host/);
  });

  test('a source that is no file keeps its name, with or without its text', () => {
    for (const name of [
      'webpack://app/src/a.ts',
      'virtual:a',
      'C:\\src\\a.ts',
      'http://host/a.ts',
    ]) {
      const of = (sourcesContent: unknown): unknown =>
        mapOf(
          '/app/a.js',
          inline({ ...MAP, sources: [name], sourcesContent }),
        ).originOf(1, 1);
      expect(of(undefined)).toMatchObject({ scriptName: name, lineText: '' });
      expect(of(MAP.sourcesContent)).toMatchObject({
        scriptName: name,
        lineText: '    three',
      });
    }
  });

  test('sections, and sections within them', () => {
    const part = (mappings: string, name: string): object => ({
      ...MAP,
      mappings,
      sources: [name],
    });
    const map = mapOf(
      '/app/a.js',
      inline({
        version: 3,
        sections: [
          { offset: { line: 0, column: 0 }, map: part('AAAA', 'a.ts') },
          {
            offset: { line: 0, column: 10 },
            map: {
              version: 3,
              sections: [
                { offset: { line: 0, column: 2 }, map: part('CAEI', 'b.ts') },
                { offset: { line: 3, column: 1 }, map: part('CAEI;A', 'c.ts') },
              ],
            },
          },
        ],
      }),
    );
    const at = (line: number, column: number): string | undefined =>
      map.originOf(line, column)?.scriptName;
    expect(at(1, 10)).toBe('/app/a.ts');
    expect(at(1, 13)).toBeUndefined();
    expect(at(1, 14)).toBe('/app/b.ts');
    expect(at(4, 3)).toBe('/app/c.ts');
    expect(at(5, 1)).toBeUndefined();
  });

  test('a long line, by its nearest mark', () => {
    const count = 5_000;
    const long = new Mappings(`;${'CACA,'.repeat(count)}`);
    for (const place of [1, 2, 1_000, 2_047, 4_999, count]) {
      expect(long.find(1, place)).toMatchObject({ row: place });
    }
    expect(long.find(1, 1e6)).toMatchObject({ row: count });
    expect(long.find(1, 0)).toBeNull();
    expect(long.find(0, 5)).toBeNull();
    expect(long.find(2, 5)).toBeNull();
  });

  test('segments that are not in order, and several at one place', () => {
    const mixed = new Mappings('KAAA,DACA,AACA,EACA');
    expect(mixed.find(0, 4)).toMatchObject({ row: 1 });
    expect(mixed.find(0, 5)).toMatchObject({ row: 0 });
    expect(mixed.find(0, 9)).toMatchObject({ row: 3 });
    expect(mixed.find(0, 3)).toBeNull();
  });

  test.each([
    'DDDD',
    '!!!!',
    'AAA',
    'AA',
    'AAAAAA',
    'g',
    'AAAg',
    'AA+/////DA',
    'AAAA,AAAD',
    'ADAA',
    'é',
    'A A',
    'AAAA;;;;AADA',
    `${';'.repeat(9)}DAAA`,
  ])('mappings that are none: %s', (mappings) => {
    const map = mapOf('/app/a.js', inline({ ...MAP, mappings }));
    expect(map.lookUp(1, 1).origin).toBeNull();
    expect(map.lookUp(1, 1).note).toMatch(/^source map not used: its mappings/);
  });

  test('a map of another shape', () => {
    const of = (json: unknown): string | null => {
      const text = typeof json === 'string' ? json : JSON.stringify(json);
      const url = `data:application/json,${encodeURIComponent(text)}`;
      const found = mapOf('/app/a.js', url).lookUp(1, 1);
      expect(found.origin).toBeNull();
      return found.note;
    };
    const section = (line: unknown, column: unknown): object => ({
      offset: { line, column },
      map: MAP,
    });
    for (const json of [
      '',
      '{"version":3,',
      '[',
      null,
      7,
      'text',
      [],
      {},
      { ...MAP, version: 2 },
      { ...MAP, version: {} },
      { ...MAP, mappings: 7 },
      { ...MAP, mappings: [[[0, 0, 0, 0]]] },
      { ...MAP, sources: 'a.ts' },
      { ...MAP, sources: { 0: 'a.ts', length: 1 } },
      { sections: {} },
      { sections: [null] },
      { sections: [{ offset: null, map: MAP }] },
      { sections: [section(-1, 0)] },
      { sections: [section(0, 0.5)] },
      { sections: [section('0', 0)] },
      { sections: [section(1e300, 0)] },
      { sections: [section(2, 0), section(1, 0)] },
      { sections: [{ offset: { line: 0, column: 0 }, url: 'a.map' }] },
    ]) {
      expect(of(json)).toMatch(/^source map not used: /);
    }
    // As deep as JSON may be.
    expect(
      of(
        `${'{"sections":[{"offset":{"line":0,"column":0},"map":'.repeat(5000)}`,
      ),
    ).toMatch(/^source map not used: /);
    expect(of({ sections: [] })).toBeNull();
    expect(of({ sections: [section(1e9, 0)] })).toBeNull();
  });

  test('what `Object.prototype` holds is not of the map', () => {
    const prototype = Object.prototype as { sections?: unknown };
    prototype.sections = [];
    try {
      const map = mapOf('/app/a.js', inline(MAP));
      expect(map.originOf(1, 1)?.lineNumber).toBe(3);
    } finally {
      delete prototype.sections;
    }
  });

  test('places that no map can know', () => {
    const map = mapOf('/app/a.js', inline(MAP));
    expect(map.originOf(0, 0)).toBeNull();
    expect(map.originOf(-5, 1)).toBeNull();
  });

  test('segments without a source, and URLs that are damaged', () => {
    const unmapped = mapOf('/a.js', inline({ ...MAP, mappings: 'A' }));
    expect(unmapped.originOf(1, 1)).toBeNull();
    for (const url of ['data:,%zz', 'http://[', 'data:application/json,{']) {
      expect(mapOf('/a.js', url).originOf(1, 1)).toBeNull();
    }
  });

  test('a bounded number of places is remembered', () => {
    const map = mapOf('/app/a.js', inline(MAP));
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
