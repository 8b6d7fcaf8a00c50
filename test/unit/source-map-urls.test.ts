// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, test } from 'vitest';
import {
  baseUrl,
  dataOf,
  pathOf,
  resolveUrl,
  sourceName,
} from '../../lib/source-maps/urls.js';

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
    expect(dataOf('data:application/json,%7B%22a%22:1%7D')).toEqual({
      text: '{"a":1}',
      isBase64: false,
    });
    expect(dataOf('data:application/json;charset=utf-8;base64,e30=')).toEqual({
      text: 'e30=',
      isBase64: true,
    });
    expect(dataOf('a.js.map')).toBeNull();
    expect(() => dataOf('data:,%zz')).toThrow(URIError);
  });
});

describe('names beside a base', () => {
  test.each([
    ['a.ts', 'file:///app/out/a.js', 'file:///app/out/a.ts'],
    ['../src/a.ts', 'file:///app/out/a.js', 'file:///app/src/a.ts'],
    ['../../../../etc/a', 'file:///app/out/a.js', 'file:///etc/a'],
    ['./././a.ts', 'file:///app/out/a.js', 'file:///app/out/a.ts'],
    ['/src/a.ts', 'file:///app/out/a.js', 'file:///src/a.ts'],
    ['//host/a.ts', 'file:///app/out/a.js', 'file://host/a.ts'],
    ['a.ts?x=/../y', 'file:///app/a.js?z#/', 'file:///app/a.ts?x=/../y'],
    ['webpack://app/./src/a.ts', 'file:///app/a.js', 'webpack://app/src/a.ts'],
    ['webpack:///../../a.ts', 'file:///app/a.js', 'webpack:///a.ts'],
    ['virtual:a/../b', 'file:///app/a.js', 'virtual:a/../b'],
    ['./src/a.ts', '', 'src/a.ts'],
    ['../a.ts', '', '../a.ts'],
    ['../../a.ts', '', '../../a.ts'],
    ['src/../../a.ts', '', '../a.ts'],
    ['/a.ts', '', '/a.ts'],
    ['//host/a.ts', '', '//host/a.ts'],
  ])('%s beside %s', (reference, base, resolved) => {
    expect(resolveUrl(reference, base)).toBe(resolved);
  });
});
