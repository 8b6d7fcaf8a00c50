// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { mentionsOf } from '../../lib/open-ends/mentions';

const mentions = (text: string): string[] => [
  ...mentionsOf(text, new Set(['resolve', 'reject'])),
];

describe('whether a text proves that a function uses a variable', () => {
  it.each([
    ['() => resolve(1)', ['resolve']],
    [
      '(a) => { clearTimeout(t); if (a) reject(a); else resolve(); }',
      ['reject', 'resolve'],
    ],
    ['function () { then(resolve, reject) }', ['resolve', 'reject']],
    ['() => ok ? resolve : reject', ['resolve', 'reject']],
    ['() => ({ done: resolve })', ['resolve']],
    ['() => `${resolve(1)}`', ['resolve']],
    ['() => [...resolve]', ['resolve']],
    ['method() { return resolve; }', ['resolve']],
    ['() => { for (const a of b) { resolve(a) } }', ['resolve']],
    ['() => resolve == null', ['resolve']],
  ])('%s', (text, names) => {
    expect(mentions(text)).toEqual(names);
  });

  it.each([
    '() => { ticks++; }',
    "() => { link.off('answer', resolve); clearTimeout(reject); }",
    '() => path.resolve(1)',
    '() => a?.resolve?.(1)',
    '() => ({ resolve: 1, reject: 2 })',
    '() => "resolve" + \'reject\' // resolve',
    '() => /resolve/.test(`reject`)',
    '() => new Promise((resolve, reject) => resolve(1))',
    '() => new Promise(resolve => resolve(1))',
    '() => new Promise(function (resolve) { resolve(1); })',
    '() => new Promise(async (resolve) => { resolve(1); })',
    '() => { const { promise, resolve } = Promise.withResolvers(); resolve(1); }',
    '() => { let a = f(), resolve; resolve = 1; resolve(); }',
    '() => { function resolve() {} resolve(); }',
    '() => { class resolve {} new resolve(); }',
    '() => { try { f(); } catch (reject) { reject(); } }',
    '() => { for (const resolve of queue) resolve(); }',
    '({ resolve }) => resolve(1)',
    '(a, [b, resolve]) => resolve(1)',
    'resolve(value) { this.value = value; }',
    '() => ({ resolve(value) { return value; } })',
    '() => { resolve = undefined; }',
    '#resolve() { this.#resolve; }',
  ])('not by %s', (text) => {
    expect(mentions(text)).toEqual([]);
  });
});
