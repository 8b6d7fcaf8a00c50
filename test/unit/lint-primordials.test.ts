// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({
  cwd: root,
  // With `CI` in the environment the parser would take lib/'s files from the disk, not our texts.
  overrideConfig: {
    languageOptions: {
      parserOptions: { disallowAutomaticSingleRunInference: true },
    },
  },
});

/** What the rule says of a text that stands in the place of a file of lib/. */
async function lint(text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, {
    filePath: `${root}lib/model/visible.ts`,
  });
  return (result?.messages ?? []).map(({ message }) => message);
}

describe('the rule that keeps built-ins of the language out of lib/', () => {
  it.each([
    ['[1].map(String)', 'Array.map'],
    ['new Map([[1, 2]]).get(1)', 'Map is looked up'],
    ['(null as unknown as Map<1, 2>).get(1)', 'Map.get'],
    ['Object.keys({})', 'ObjectConstructor.keys'],
    ['"a".split(",")', 'String.split'],
    ['/a/.test("a")', 'RegExp.test'],
    ['new Set()', 'Set is looked up'],
    ['JSON.stringify({})', 'JSON.stringify'],
    ['decodeURIComponent("")', 'decodeURIComponent'],
    ['structuredClone({})', 'structuredClone'],
    ['[...[1]]', 'spreading'],
  ])('%s', async (code, expected) => {
    const messages = await lint(`export const value = ${code};\n`);
    expect(messages.join('\n')).toContain(expected);
  });

  it('a loop over what is no array', async () => {
    const code = 'export function each(items: ReadonlySet<1>): void {';
    const [message] = await lint(`${code} for (const _ of items); }\n`);
    expect(message).toContain('this loop asks ReadonlySet<1> for its iterator');
  });

  it('what a class inherits from, as it may be loaded late', async () => {
    const [message] = await lint('export class OurError extends Error {}\n');
    expect(message).toContain('Error is looked up');
  });

  it('nothing else', async () => {
    const code = `
      import { GlobalError } from '../base/primordials.js';
      const list = { map: (text: string) => text };
      export const value = list.map('a').length;
      export function first(items: readonly string[]): string[] {
        const result: string[] = [];
        for (const item of items) result[result.length] = item;
        return result;
      }
      export type Names = Map<string, Set<Error>>;
      export class OurError extends GlobalError {}
    `;
    expect(await lint(code)).toEqual([]);
  });
});
