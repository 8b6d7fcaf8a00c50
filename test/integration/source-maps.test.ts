// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { lineOf, loaderSource, Workspace } from '../support/compile';

interface Place {
  name: string;
  script: string;
  place: string;
  text: string;
  generated: { scriptName: string; lineNumber: number } | null;
  shown: string;
  state: string;
}

interface Shown {
  suspended: Place[];
  generator: Place[];
  running: Place[];
  waiting: Place[];
  dumped: Place[];
  dumpRunning: Place[];
  text: string;
  noted: string[];
  value: unknown;
}

const SHOW = fileURLToPath(
  new URL('../programs/source-maps/show.cjs', import.meta.url),
);
const HOOK = fileURLToPath(
  new URL('../programs/source-maps/hook.cjs', import.meta.url),
);
const MODES = [
  { node: 'without', flags: [] },
  { node: 'with', flags: ['--enable-source-maps'] },
];

const workspace = new Workspace();
afterAll(() => workspace.remove());

async function show(
  file: string,
  flags: readonly string[] = [],
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Shown> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...flags, SHOW, file, ...args],
    {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      cwd: projectRoot,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Shown;
}

const AWAIT_GATE = 'await this.gate';
const AWAIT_LOAD = 'await loader.load()';
const CALL = 'callback();';
const YIELD = 'yield one';

const columnOf = (text: string): number =>
  (loaderSource.split('\n')[lineOf(text) - 1] ?? '').indexOf(text) + 1;

const lineText = (text: string): string =>
  (loaderSource.split('\n')[lineOf(text) - 1] ?? '').trim();

/** Every way of looking at the program sees its sources. */
function expectSources(shown: Shown, source: string, withText = true): void {
  const at = (name: string, text: string, state: string) =>
    expect.objectContaining({
      name,
      script: source,
      place: `${lineOf(text)}:${columnOf(text)}`,
      text: withText ? lineText(text) : '',
      state,
      generated: expect.objectContaining({
        lineNumber: expect.any(Number) as number,
      }) as unknown,
    }) as unknown;
  const main = at('main', AWAIT_LOAD, 'suspended');
  const load = at('load', AWAIT_GATE, 'suspended');
  expect(shown.suspended).toEqual([main, load]);
  expect(shown.waiting).toEqual([load]);
  expect(shown.dumped).toEqual(expect.arrayContaining([main, load]));
  expect(shown.running).toEqual([at('run', CALL, 'running')]);
  expect(shown.dumpRunning).toEqual([at('run', CALL, 'running')]);
  expect(shown.generator).toEqual([at('numbers', YIELD, 'suspended')]);
  expect(shown.value).toEqual({ id: 7 });
}

/** No map that could be read: the positions are those of the file that runs, and nothing fails. */
function expectGenerated(shown: Shown, file: string): void {
  for (const place of [
    ...shown.suspended,
    ...shown.running,
    ...shown.dumped,
    ...shown.generator,
  ]) {
    expect([file, pathToFileURL(file).href]).toContain(place.script);
    expect(place.generated).toBeNull();
  }
  expect(shown.suspended.map(({ name }) => name)).toEqual(['main', 'load']);
}

const source = workspace.path('src/loader.ts');

describe.each(MODES)('source maps $node those of Node', ({ flags }) => {
  it('of TypeScript, in a file beside the script', async () => {
    const file = workspace.tsc('tsc.cjs', { sourceMap: true });
    expectSources(await show(file, flags), source);
  });

  it('of TypeScript, inline with its sources', async () => {
    const file = workspace.tsc('inline.cjs', {
      inlineSourceMap: true,
      inlineSources: true,
    });
    const shown = await show(file, flags);
    expect(shown.suspended[0]?.place).toBe(
      `${lineOf(AWAIT_LOAD)}:${columnOf(AWAIT_LOAD)}`,
    );
    expect(shown.suspended[0]?.text).toBe(lineText(AWAIT_LOAD));
  });

  it('of an ES module: sources are URLs, as its name is', async () => {
    const file = workspace.tsc('module.mjs', { sourceMap: true });
    expectSources(await show(file, flags), pathToFileURL(source).href);
  });

  it('of a bundle of esbuild', async () => {
    const file = workspace.esbuild('bundle.cjs', {
      sourcemap: 'external',
      footer: { js: '//# sourceMappingURL=bundle.cjs.map' },
    });
    expectSources(await show(file, flags), source);
  });

  it('of a minified bundle of one line', async () => {
    const file = workspace.esbuild('min.cjs', {
      minify: true,
      keepNames: true,
      sourcemap: 'linked',
    });
    const shown = await show(file, flags);
    const [main, load] = shown.suspended;
    expect(main?.place.split(':')[0]).toBe(String(lineOf(AWAIT_LOAD)));
    expect(load?.place.split(':')[0]).toBe(String(lineOf(AWAIT_GATE)));
    expect(load?.text).toBe(lineText(AWAIT_GATE));
  });

  it('with a sourceRoot', async () => {
    const file = workspace.tsc('root.cjs', { sourceMap: true }, (map) => ({
      ...map,
      sourceRoot: '../src/',
      sources: ['loader.ts'],
    }));
    expectSources(await show(file, flags), source);
  });

  it('with sections', async () => {
    const file = workspace.tsc('index.cjs', { sourceMap: true }, (map) => ({
      version: 3,
      sections: [{ offset: { line: 0, column: 0 }, map }],
    }));
    expectSources(await show(file, flags), source);
  });

  it('with a source that is no file', async () => {
    const file = workspace.tsc('webpack.cjs', { sourceMap: true }, (map) => ({
      ...map,
      sources: ['webpack://app/./src/loader.ts'],
      sourcesContent: [loaderSource],
    }));
    expectSources(await show(file, flags), 'webpack://app/src/loader.ts');
  });

  it('with a source that is not there: its position, and no text', async () => {
    const file = workspace.tsc('missing.cjs', { sourceMap: true }, (map) => ({
      ...map,
      sources: ['../gone/loader.ts'],
    }));
    expectSources(
      await show(file, flags),
      workspace.path('gone/loader.ts'),
      false,
    );
  });

  it.each([
    ['no JSON', '{"version":3,'],
    ['not an object', '[1, 2'],
    ['null', 'null'],
    ['empty', ''],
    ['of another version', '{"version":2}'],
    ['without mappings', '{"version":3,"sources":["a.ts"],"names":[]}'],
    [
      'with mappings that are none',
      '{"version":3,"sources":["a.ts"],"names":[],"mappings":"!!!,???"}',
    ],
    [
      'pointing beyond its sources',
      '{"version":3,"sources":[],"names":[],"mappings":"AAgggB"}',
    ],
    [
      'with a section of nothing',
      '{"version":3,"sources":[],"names":[],"mappings":"","sections":[{"offset":{"line":0,"column":0}}]}',
    ],
    ['of a wrong shape', '{"version":3,"sources":7,"mappings":{}}'],
  ])('broken (%s) is none', async (what, text) => {
    const name = `broken-${what.replaceAll(' ', '-')}.cjs`;
    const file = workspace.tsc(name, { sourceMap: true }, () => text);
    expectGenerated(await show(file, flags), file);
  });
});

describe('source maps', () => {
  it('without one, positions are those of the file', async () => {
    const file = workspace.tsc('none.cjs', {});
    expectGenerated(await show(file), file);
  });

  it('a map of Windows names its sources as it does', async () => {
    const path = 'C:\\work\\src\\loader.ts';
    const file = workspace.tsc('windows.cjs', { sourceMap: true }, (map) => ({
      ...map,
      sources: [path],
      sourcesContent: [loaderSource],
    }));
    expectSources(await show(file), path);
  });

  it('guarded against being run as a script', async () => {
    const file = workspace.tsc(
      'guard.cjs',
      { sourceMap: true },
      (map) => `)]}'\n${JSON.stringify(map)}`,
    );
    expectSources(await show(file), source);
  });

  it('are not fetched over the network', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as AddressInfo;
    const compiled = workspace.tsc('remote.cjs', { sourceMap: true });
    for (const url of [
      `http://localhost:${port}/remote.cjs.map`,
      `//localhost:${port}/remote.cjs.map`,
    ]) {
      const file = workspace.write(
        'out/fetched.cjs',
        `${workspace.read(compiled)}\n//# sourceMappingURL=${url}\n`,
      );
      expectGenerated(await show(file), file);
    }
    server.close();
    expect(asked).toEqual([]);
  });

  it('a pipe or a directory in the place of a map is none', async () => {
    const file = workspace.tsc('special.cjs', { sourceMap: true });
    const text = workspace.read(file);
    workspace.pipe('out/pipe.map');
    for (const special of ['pipe.map', '.', '/dev/zero', 'nothing.map']) {
      const script = workspace.write(
        'out/special.cjs',
        text.replace(/sourceMappingURL=.*/, `sourceMappingURL=${special}`),
      );
      expectGenerated(await show(script), script);
    }
  });

  it('a minified bundle without one shows what stands at the position', async () => {
    const file = workspace.esbuild('bare.cjs', {
      minify: true,
      keepNames: true,
      banner: { js: `/*! ${'x'.repeat(3000)} */` },
      footer: { js: `/*! ${'y'.repeat(3000)} */` },
    });
    const flat = workspace.write(
      'out/one-line.cjs',
      workspace.read(file).replace(/\n/g, ' '),
    );
    const { text } = await show(flat);
    expect(text).toMatch(/await new \w+\(\w+\)\.load\(\)/);
    expect(text).toMatch(/await this\.gate/);
  });

  it("run no code of the program's", async () => {
    const warm = workspace.tsc('warm.cjs', { sourceMap: true });
    const file = workspace.tsc('quiet.cjs', { sourceMap: true });
    for (const { flags } of MODES) {
      const shown = await show(file, flags, [warm]);
      expectSources(shown, source);
      expect(shown.noted).toEqual([]);
    }
  });

  it('of a script that was compiled in memory, by tsx', async () => {
    const file = workspace.write('src/loader.ts', loaderSource);
    const { stdout } = await promisify(execFile)(process.execPath, [
      `${projectRoot}/node_modules/tsx/dist/cli.mjs`,
      SHOW,
      file,
    ]);
    expectSources(JSON.parse(stdout) as Shown, file);
  });

  it.each(['typescript', 'esbuild', 'swc'])(
    'of a script that a hook compiles when it is loaded, by %s',
    async (compiler) => {
      const file = workspace.write('src/hooked.cjs', loaderSource);
      for (const { flags } of MODES) {
        const shown = await show(file, [...flags, '-r', HOOK], [], {
          COMPILER: compiler,
        });
        expectSources(shown, file);
      }
    },
  );

  it('of a generator that is read through the inspector', async () => {
    const file = workspace.tsc('inspected.cjs', {
      inlineSourceMap: true,
      inlineSources: true,
    });
    const { generator } = await show(file, [], [], {
      ASYNCTB_DISABLE: 'native',
    });
    expect(generator).toEqual([
      expect.objectContaining({
        place: `${lineOf(YIELD)}:${columnOf(YIELD)}`,
        text: lineText(YIELD),
      }),
    ]);
  });
});
