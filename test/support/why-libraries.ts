// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What a dump and an extraction say of programs that wait in libraries (test/programs/why/libraries). */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from './program';

/** What is said of each function of a program. */
export type Expected = Readonly<Record<string, RegExp>>;

export interface Tolerated {
  /** Of these an extraction may know nothing: what it looked at before hides who holds it. */
  readonly hidden?: readonly string[];
  /** And of these only what limits it. */
  readonly limited?: readonly string[];
  /** What may be said instead, where the search was cut. */
  readonly vague?: RegExp;
}

interface Said {
  readonly found: Readonly<Record<string, string>>;
  /** There was not time enough to look for all: on a slow machine. */
  readonly isCut: boolean;
  readonly leaks: boolean;
}

/** A text, in which `@@` stands for an address on loopback. */
export const saying = (text: string): RegExp =>
  new RegExp(`^${text.replaceAll('@@', String.raw`127\.0\.0\.1:\d+`)}$`);

/** Tests of a program: `name`.cjs there, by each door. */
export function itSaysWhy(
  name: string,
  expected: Expected,
  tolerated: Tolerated = {},
): void {
  const programs = new Programs();
  describe.runIf(capabilities().holders.available)(name, () => {
    afterEach(() => programs.end());

    it.each(['dump', 'extract'])('%s says why its tasks wait', async (door) => {
      const { found, isCut, leaks } = await say(programs, name, door);
      const answers = Object.entries(expected).map(
        ([task, text]) => [task, text, found[task] ?? 'nothing'] as const,
      );
      const wrong = answers
        .filter(([task, text, said]) =>
          door === 'dump' && !isCut
            ? !text.test(said)
            : said !== '-' && !isLike(task, text, said, tolerated),
        )
        .map(([task, text, said]) => `${task}: ${said} is not ${text}`);
      expect(wrong).toEqual([]);
      // A slow machine may find less, but not next to nothing.
      const silent = answers
        .filter(
          ([task, , said]) =>
            said === '-' && tolerated.hidden?.includes(task) !== true,
        )
        .map(([task]) => task);
      if (door === 'extract' && silent.length > answers.length / 4)
        expect(silent).toEqual([]);
      expect(leaks).toBe(false);
    });
  });
}

async function say(
  programs: Programs,
  name: string,
  door: string,
): Promise<Said> {
  const program = programs.start(`why/libraries/${name}.cjs`, {
    args: [door],
    nodeArgs: [],
    // A library may do what a release of Node warns of.
    env: { NODE_NO_WARNINGS: '1' },
  });
  await program.ended();
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Said;
}

/** Not all of the heap may have been looked through by an extraction. */
function isLike(
  task: string,
  text: RegExp,
  said: string,
  { limited = [], vague }: Tolerated,
): boolean {
  if (/^timer: .* as the limit$/.test(said)) return limited.includes(task);
  const certain = said.replaceAll(/(^|\| )(\w+)\?/g, '$1$2');
  return text.test(certain) || vague?.test(certain) === true;
}
