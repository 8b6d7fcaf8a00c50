// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Dumps show the places and names of the source, whoever has them made. */

import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildSync, transformSync } from 'esbuild';
import ts from 'typescript';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { Workspace } from '../support/compile';
import { Programs } from '../support/program';

const programs = new Programs();
const workspace = new Workspace();
afterEach(() => programs.end());
afterAll(() => workspace.remove());

const PROGRAMS = join(projectRoot, 'test', 'programs');
const text = readFileSync(join(PROGRAMS, 'source-maps', 'stuck.ts'), 'utf8');
const source = workspace.write('src/stuck.ts', text);
workspace.write('package.json', '{ "name": "stuck" }');

function placeOf(words: string): string {
  const at = text.indexOf(words);
  const before = text.slice(0, at).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

/** Each form of the program: a file to run. */
const FORMS: Record<string, () => string> = {
  'a map in the file': () => {
    const { code } = transformSync(text, {
      loader: 'ts',
      sourcemap: 'inline',
      sourcefile: source,
      minifyWhitespace: true,
    });
    return workspace.write('out/inline.mjs', code);
  },
  'a map beside it, by tsc': () => {
    const { outputText, sourceMapText = '' } = ts.transpileModule(text, {
      fileName: source,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        sourceMap: true,
      },
    });
    const map = JSON.parse(sourceMapText) as { sources: string[] };
    map.sources = ['../src/stuck.ts'];
    workspace.write('out/stuck.js.map', JSON.stringify(map));
    return workspace.write('out/stuck.mjs', outputText);
  },
  'a minified bundle': () => {
    const outfile = workspace.path('out/bundle.mjs');
    buildSync({
      entryPoints: [source],
      outfile,
      bundle: true,
      minify: true,
      sourcemap: 'linked',
      format: 'esm',
      platform: 'node',
      // Private members have names of their own only if that is new enough.
      target: 'node18',
    });
    return outfile;
  },
};

const DOORS: Record<string, (file: string) => Promise<string>> = {
  'by signal': async (file) => {
    const program = programs.start(relative(PROGRAMS, file), {
      args: ['wait'],
    });
    await program.says('ready');
    return await program.dumpThatMatches(/^=== end/mu);
  },
  'by the watchdog': async (file) => {
    const program = programs.start(relative(PROGRAMS, file), {
      args: ['busy'],
      env: { ASYNCTB_WATCHDOG: '200' },
    });
    await program.reports(/^=== end/mu);
    return program.stderr;
  },
  'at exit code 13': async (file) => {
    const program = programs.start(relative(PROGRAMS, file), {
      args: ['exit'],
    });
    expect((await program.ended()).code).toBe(13);
    // Newer Nodes say before it where the module waits.
    return program.dumps.join('\n');
  },
  'of another thread': async (file) => {
    const program = programs.start('source-maps/of-a-thread.mjs', {
      args: [file],
    });
    await program.ended();
    return program.stderr;
  },
};

/** `name at file:line:column` of each place in the sources. */
function placesIn(dump: string): string[] {
  const found = [...dump.matchAll(/(\S+) at .*?([\w.]+):(\d+:\d+)$/gmu)];
  return found
    .filter(([, , file = '']) => /^(?:stuck|inline|bundle)/.test(file))
    .map(([, name, file, place]) => `${name} ${file} ${place}`);
}

const SUSPENDED = [
  `refresh stuck.ts ${placeOf('await store.take')}`,
  `take stuck.ts ${placeOf('await this.#lock')}`,
  `#lock stuck.ts ${placeOf('await new Promise')}`,
];

describe.each(Object.keys(FORMS))('a program with %s', (form) => {
  it.each(Object.keys(DOORS))('is shown by its source %s', async (door) => {
    const file = FORMS[form]?.() ?? '';
    const dump = (await DOORS[door]?.(file)) ?? '';
    const places = placesIn(dump);
    expect(places).toEqual(expect.arrayContaining(SUSPENDED));
    expect(dump).not.toMatch(/(?:inline|bundle|stuck)\.m?js:/u);
    expect(dump).toContain('await new Promise<void>(');
    if (door === 'by the watchdog') {
      expect(places.some((each) => /^spin stuck\.ts \d+/.test(each))).toBe(
        true,
      );
    }
  });
});

describe('a map that cannot be used', () => {
  async function dumpWith(name: string, map: string | null): Promise<string> {
    const { code } = transformSync(text, { loader: 'ts', format: 'esm' });
    const file = workspace.write(
      `out/${name}.mjs`,
      `${code}\n//# sourceMappingURL=${name}.mjs.map\n`,
    );
    if (map === null) rmSync(`${file}.map`, { force: true });
    else workspace.write(`out/${name}.mjs.map`, map);
    return (await DOORS['by signal']?.(file)) ?? '';
  }

  it('is said to be of no use, beside the place that V8 gives', async () => {
    const dump = await dumpWith('wrong', '{"version":3,"mappings":"!!"}');
    expect(dump).toMatch(/refresh at .*wrong\.mjs:\d+:\d+/u);
    expect(dump).toContain('source map not used: it is not what a source map');
  });

  it('is nothing to speak of when it is not there', async () => {
    const dump = await dumpWith('missing', null);
    expect(dump).toMatch(/refresh at .*missing\.mjs:\d+:\d+/u);
    expect(dump).not.toContain('source map not used');
  });

  it('does not keep the dump when it is very long', async () => {
    const mappings = ';'.repeat(40_000_000);
    const sourcesContent = ['x'.repeat(10_000_000)];
    const dump = await dumpWith(
      'long',
      JSON.stringify({
        version: 3,
        sources: ['a.ts'],
        sourcesContent,
        mappings,
      }),
    );
    expect(dump).toMatch(/refresh at .*long\.mjs:\d+:\d+/u);
  });

  it('does not keep the dump when it needs more memory than its text tells', async () => {
    // Of three bytes of text V8 makes an object of 56.
    const map = `{"version":3,"sources":["a.ts"],"mappings":"","x":[${'{},'.repeat(12_000_000)}{}]}`;
    const dump = await dumpWith('deceptive', map);
    expect(dump).toMatch(/refresh at .*deceptive\.mjs:\d+:\d+/u);
    expect(dump).not.toContain('too much memory');
  });
});

it('a script and its sources that have gone from the disk are shown by the map within', async () => {
  const file = FORMS['a map in the file']?.() ?? '';
  const program = programs.start(relative(PROGRAMS, file), { args: ['wait'] });
  await program.says('ready');
  rmSync(workspace.directory, { recursive: true });
  const dump = await program.dumpThatMatches(/^=== end/mu);
  expect(placesIn(dump)).toEqual(expect.arrayContaining(SUSPENDED));
});
