// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Dumps by signal that a person can read, however large the program's stacks are. */

import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { Programs } from '../support/program';

const LIBRARY = join(projectRoot, 'dist', 'index.js');

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

async function dumpOf(path: string, ...args: string[]): Promise<string> {
  const program = programs.start(path, { args });
  await program.answers();
  return await program.dump();
}

const lines = (text: string): number => text.split('\n').length;

describe('recursion', () => {
  it('is one line, and tasks at all depths of it are one group', async () => {
    const dump = await dumpOf('reading/recursion.mjs');
    expect(lines(dump)).toBeLessThan(100);
    expect(dump).toMatch(
      /^30 tasks wait here, 11 to 243 frames deep.*:\n╠ request at .*\n.*\n╠ withRetry at .*:19:12 × 8 to 240\n.*\n╠ withRetry at .*:17:12\n.*\n╠ tryOnce at /mu,
    );
  });

  it('of several functions in turn stands there once as well', async () => {
    const dump = await dumpOf('reading/recursion.mjs');
    expect(dump).toMatch(
      /^30 tasks wait here, 12 to 70 frames deep.*:\n╠ ping at .*\n.*\n╠ pong at .*\n.*\n║ {3}\(the 2 frames above × 5 to 34\)\n╠ ping at .*\n.*\n╠ pong at /mu,
    );
  });

  it('below a combinator makes its inputs alike', async () => {
    const dump = await dumpOf('reading/recursion.mjs');
    expect(dump).toMatch(
      /^╠ Promise\.all \(30 of 30 pending\)\n║ └── \[0\], \[1\], \[2\] and 27 more alike but for how often frames repeat\n║ {5}╠ page at .* × 4$/mu,
    );
  });
});

describe('a subtree that several lead to', () => {
  it.each([
    ['3 links', 8, 3, 5, 500],
    ['more links than are shown singly', 6, 12, 14, 2_000],
    ['more links than are shown at all', 5, 30, 40, 8_000],
  ])('is printed once: %s', async (_what, levels, links, width, most) => {
    const dump = await dumpOf(
      'reading/shared-subtrees.mjs',
      `${levels}`,
      `${links}`,
      `${width}`,
    );
    expect(lines(dump)).toBeLessThan(most);
    expect(dump).not.toContain('ERR_ASYNCTB');
    const numbers = [...dump.matchAll(/ \(#(\d+)\)$/gmu)].map(([, n]) => n);
    expect(numbers.length).toBeGreaterThan(5);
    expect(new Set(numbers).size).toBe(numbers.length);
    // What is referred to stands above, and begins with the frame that is named.
    const all = dump.split('\n');
    let references = 0;
    for (const [at, line] of all.entries()) {
      const found =
        /\(as shown above, (#\d+(?:, #\d+)*)(?:: (.*)|, \d+ more)?\)$/u.exec(
          line,
        );
      expect(found !== null).toBe(line.includes('as shown above'));
      for (const number of found?.[1]?.split(', ') ?? []) {
        references++;
        const first = all.findIndex((each) => each.endsWith(` (${number})`));
        expect(first).toBeGreaterThan(-1);
        expect(first).toBeLessThan(at);
        expect(all[first]).toContain(found?.[2] ?? '');
      }
    }
    expect(references).toBeGreaterThan(5);
  });
});

describe('ASYNCTB_SHOW', () => {
  const dumpWith = async (show: string): Promise<string> => {
    const program = programs.start('reading/library.cjs', {
      env: { ASYNCTB_SHOW: show },
    });
    await program.answers();
    return await program.dump();
  };

  it('unfolds libraries, and what is of libraries only', async () => {
    const folded = await dumpWith('');
    expect(folded).toMatch(/^║ {3}… 1 frame in pool$/mu);
    expect(folded).toMatch(
      /^1 task at 1 place in libraries only: 1 in pool /mu,
    );
    const shown = await dumpWith('library,internal');
    expect(shown).not.toContain('… ');
    expect(
      shown.match(/^╠ \S+ at .*node_modules.pool.index\.js:/gmu),
    ).toHaveLength(2);
  });
});

describe.runIf(process.platform === 'linux')(
  'a process that only wraps',
  () => {
    const CHILD = /^ {2}child (\d+): (.*)$/gmu;

    const childrenOf = async (
      way: string,
      pattern: RegExp,
    ): Promise<{ dump: string; commands: string[] }> => {
      const program = programs.start('reading/wrapper.cjs', {
        args: [way, LIBRARY],
      });
      await program.answers();
      const dump = await program.dumpThatMatches(pattern);
      const found = [...dump.matchAll(CHILD)];
      program.send('dump');
      await program.says('\n');
      const children = JSON.parse(program.stdout) as {
        pid: number;
        command: string;
      }[];
      expect(children.map(({ pid, command }) => `${pid} ${command}`)).toEqual(
        found.map(([, pid, command]) => `${pid} ${command}`),
      );
      return { dump, commands: found.map(([, , command]) => command ?? '') };
    };

    it('names its child, without secrets', async () => {
      const { dump, commands } = await childrenOf(
        'spawn',
        /^ {2}child .* served/mu,
      );
      expect(dump).toMatch(/^no task of its own, but a child process:$/mu);
      expect(commands).toEqual([expect.stringContaining(' served ')]);
      expect(dump).not.toContain('hunter2x');
    });

    it('names what a shell has started', async () => {
      const { commands } = await childrenOf(
        'shell',
        /^ {2}child \d+: .*node.* -e .* served$/mu,
      );
      expect(commands).toEqual([
        expect.stringMatching(/^sh -c /u),
        expect.stringMatching(/ served$/u),
      ]);
    });

    it('names what cluster and fork start, and what workers do', async () => {
      const forked = await childrenOf(
        'fork',
        /^ {2}child .*wrapper\.cjs fork$/mu,
      );
      expect(forked.commands).toHaveLength(1);
      const worker = await childrenOf('worker', /^ {2}child .* served$/mu);
      expect(worker.commands).toHaveLength(1);
    });

    it('has none any more when they have ended', async () => {
      const program = programs.start('reading/wrapper.cjs', {
        args: ['ended'],
      });
      await program.says('ended');
      expect(await program.dump()).not.toMatch(/^ {2}child |child process/mu);
    });
  },
);
