// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { Workspace } from '../support/compile';

interface Case {
  filename: string;
  map?: unknown;
  url?: string;
}

interface Place {
  place: [string, number | null, number | null];
  text: string;
  generated: unknown;
  note: string | null;
}

interface Shown {
  extracted: (Place & { error: string | null; printed: string })[];
  dumped: Place[];
  printed: string;
}

const PROGRAM = fileURLToPath(
  new URL('../programs/source-maps/hostile.cjs', import.meta.url),
);

const workspace = new Workspace();
afterAll(() => workspace.remove());

async function show(
  name: string,
  cases: readonly Case[],
  flags: readonly string[] = [],
): Promise<Shown> {
  const file = workspace.write(`${name}.json`, JSON.stringify(cases));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...flags, PROGRAM, file],
    {
      // Coverage makes Node keep source maps, as --enable-source-maps does.
      env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' },
      cwd: projectRoot,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Shown;
}

const map = (changes: object): object => ({
  version: 3,
  names: [],
  sources: ['a.ts'],
  mappings: 'AAAA',
  ...changes,
});

const BROKEN: Readonly<Record<string, unknown>> = {
  'a negative place': map({ mappings: 'DDDD' }),
  'a negative column': map({ mappings: 'AAAD' }),
  'a negative line': map({ mappings: 'AADA' }),
  'a negative source': map({ mappings: 'ADAA' }),
  'a source that is null': map({ sources: [null] }),
  'a source that is empty': map({ sources: [''] }),
  'a source that is a folder': map({ sources: ['src/'] }),
  'a source of another type': map({ sources: [{ a: 1 }] }),
  'no sources': map({ sources: [] }),
  'sources of another type': map({ sources: 'a.ts' }),
  'mappings that are none': map({ mappings: '!!!!' }),
  'mappings of another type': map({ mappings: { length: 4 } }),
  'half a segment': map({ mappings: 'AA' }),
  'a number without an end': map({ mappings: 'AAAg' }),
  'a line that is too far': map({ mappings: 'AA+/////DA' }),
  'a line beyond the source': map({
    mappings: 'AAggBA',
    sourcesContent: ['one line'],
  }),
  'no JSON': '{"version":3,',
  'no object': '7',
  'another version': map({ version: 4 }),
  'sections that are none': { version: 3, sections: [{ offset: {}, map: {} }] },
  'sections of a far line': {
    version: 3,
    sections: [
      { offset: { line: 0, column: 0 }, map: map({ mappings: 'DDDD' }) },
      { offset: { line: 2 ** 31, column: 0 }, map: map({}) },
    ],
  },
};

describe.each([
  ['as they are', []],
  ['kept by Node', ['--enable-source-maps']],
])('source maps that are wrong, %s', (mode, flags) => {
  let shown: Shown;
  const filename = (index: number): string =>
    workspace.path(`app/dist/broken${index}.js`);
  const names = Object.keys(BROKEN);
  beforeAll(async () => {
    workspace.write('app/dist/package.json', '{"type":"commonjs"}');
    const cases = names.map((name, index) => ({
      filename: filename(index),
      map: BROKEN[name],
    }));
    shown = await show(`broken ${mode}`, cases, flags);
  });

  it.each(names)('%s: the place is that of the code that runs', (name) => {
    const index = names.indexOf(name);
    const expected = {
      place: [filename(index), 1, 44 + String(index).length],
      text: `globalThis.made = (async function work${index}() { await gate; })()`,
      generated: null,
    };
    const extracted = shown.extracted[index];
    expect(extracted).toMatchObject(expected);
    expect(shown.dumped[index]).toMatchObject(expected);
    expect(extracted?.error).toBeNull();
    // Node says nothing of maps that it could not read, and drops them.
    if (flags.length === 0 || extracted?.note !== null) {
      expect(extracted?.note).toMatch(/^source map not used: /);
      expect(extracted?.printed).toContain(`(${extracted?.note})`);
      expect(shown.dumped[index]?.note).toBe(extracted?.note);
    }
  });
});

const SECRET = 'planted-3f9a';

/** In the program's folder `app`, with secrets in it and around it. */
function plant(): void {
  const text = `const key = '${SECRET}';\n`;
  workspace.write('app/package.json', '{"name":"app"}');
  workspace.write('app/src/a.ts', 'await gate; // the source\n');
  workspace.write('app/.env', text);
  workspace.write('app/key.pem', text);
  workspace.write('app/config.json', text);
  workspace.write('outside.ts', text);
  workspace.write('application/neighbour.ts', text);
  workspace.write('node_modules/other/index.js', text);
  for (const [link, target] of [
    ['app/src/link.ts', 'outside.ts'],
    ['app/src/chain.ts', 'app/src/link.ts'],
    ['app/up', '.'],
    ['app/src/dangling.ts', 'nothing.ts'],
    ['app/src/inner.ts', 'app/src/a.ts'],
  ] as const) {
    symlinkSync(workspace.path(target), workspace.path(link));
  }
  symlinkSync('/dev/zero', workspace.path('app/src/zero.ts'));
  symlinkSync('/proc/self/environ', workspace.path('app/src/environ.ts'));
  workspace.pipe('app/src/pipe.ts');
}

const outside = (): readonly string[] => [
  '../../outside.ts',
  '../../application/neighbour.ts',
  '../../node_modules/other/index.js',
  workspace.path('outside.ts'),
  pathToFileURL(workspace.path('outside.ts')).href,
  '..%2f..%2foutside.ts',
  '%2e%2e/%2e%2e/outside.ts',
  '..%2F..%2Foutside.ts%00.ts',
  'x/../../../outside.ts',
  '/etc/passwd',
  'file:///etc/passwd',
  'file://localhost/etc/passwd',
  'FILE:///etc/passwd',
  '/dev/zero',
  '/proc/self/environ',
  '/proc/self/mem',
];

/** They belong to the tree by their names, and are not read. */
const unread = [
  '../src/link.ts',
  '../src/chain.ts',
  '../up/outside.ts',
  '../src/dangling.ts',
  '../src/zero.ts',
  '../src/environ.ts',
  '../src/pipe.ts',
  '../.env',
  '../key.pem',
  '../config.json',
  '../src',
  '../gone.ts',
  '..\\..\\outside.ts',
];

describe.each([
  ['as they are', []],
  ['kept by Node', ['--enable-source-maps']],
])('source maps that lead elsewhere, %s', (mode, flags) => {
  const filename = (index: number): string =>
    workspace.path(`app/dist/made${index}.js`);
  if (flags.length === 0) plant();
  const of = (source: string, index: number, changes: object = {}): Case => ({
    filename: filename(index),
    map: map({ sources: [source], ...changes }),
  });

  it('nothing outside of the package is shown', async () => {
    const cases = outside().map((source, index) => of(source, index));
    const shown = await show(`outside ${mode}`, cases, flags);
    for (const [index, { place, note, printed }] of shown.extracted.entries()) {
      expect([index, place]).toEqual([
        index,
        [filename(index), 1, expect.any(Number)],
      ]);
      expect([index, note]).toEqual([index, expect.stringMatching(/not used/)]);
      expect(printed).not.toContain(SECRET);
      expect(printed).not.toContain('root:');
    }
    expect(shown.printed).not.toContain(SECRET);
    expect(shown.printed).not.toContain('root:');
  });

  it('what is no source, or not in the package once links are followed, has no text', async () => {
    const cases = unread.map((source, index) => of(source, index));
    const shown = await show(`unread ${mode}`, cases, flags);
    const texts = shown.extracted.map(({ place, text }, index) =>
      place[0] === filename(index) ? '' : text,
    );
    expect(texts).toEqual(unread.map(() => ''));
    expect(JSON.stringify(shown)).not.toContain(SECRET);
  });

  it('a source of the package is read, through a link within it too', async () => {
    const cases = ['../src/a.ts', '../src/inner.ts', '../up/app/src/a.ts'];
    const shown = await show(
      `inside ${mode}`,
      cases.map((source, index) => of(source, index)),
      flags,
    );
    for (const { text } of shown.extracted) {
      expect(text).toBe('await gate; // the source');
    }
  });

  it('what a map itself holds of a source is shown, wherever that is', async () => {
    const cases = [...outside(), 'webpack://app/a.ts', 'C:\\app\\a.ts'];
    const shown = await show(
      `content ${mode}`,
      cases.map((source, index) =>
        of(source, index, { sourcesContent: ['own text'] }),
      ),
      flags,
    );
    for (const [index, { place, text }] of shown.extracted.entries()) {
      expect([index, place.slice(1), text]).toEqual([
        index,
        [1, 1],
        'own text',
      ]);
    }
  });

  it('a map in a file outside is none', async () => {
    const whole = map({ sources: ['a.ts'], sourcesContent: [SECRET] });
    workspace.write('outside.map', JSON.stringify(whole));
    workspace.write('app/own.map', JSON.stringify(whole));
    symlinkSync(
      workspace.path('outside.map'),
      workspace.path(`app/link${mode}.map`),
    );
    const urls = [
      '../../outside.map',
      pathToFileURL(workspace.path('outside.map')).href,
      // Node itself follows the link, and waits for the others.
      ...(flags.length === 0
        ? [
            `../link${mode}.map`.replaceAll(' ', '%20'),
            '/dev/zero',
            '/dev/stdin',
            '/proc/self/mem',
            '../src/pipe.ts',
          ]
        : []),
      'http://localhost:1/made.js.map',
      '../own.map',
    ];
    const shown = await show(
      `files ${mode}`,
      urls.map((url, index) => ({ filename: filename(index), url })),
      flags,
    );
    const texts = shown.extracted.map(({ text }) => text === SECRET);
    expect(texts).toEqual(urls.map((url) => url === '../own.map'));
  });
});

describe('the tree of a script', () => {
  it.each([
    [
      'without a package: the folder above one of compiled code',
      'b/dist/m.js',
      '../src/a.ts',
      true,
    ],
    [
      'without a package: not the folder above any other one',
      'b/tools/m.js',
      '../src/a.ts',
      false,
    ],
    [
      'a package.json that only says how to load',
      'c/dist/esm/m.js',
      '../../src/a.ts',
      true,
    ],
    ['the workspace of a package', 'd/packages/one/m.js', '../two/a.ts', true],
    [
      'an installed package',
      'd/node_modules/x/m.js',
      '../../packages/two/a.ts',
      false,
    ],
    ['a damaged package.json', 'e/m.js', 'a.ts', true],
  ])('%s', async (_what, script, source, isRead) => {
    const text = 'of a source';
    for (const file of [
      'b/src/a.ts',
      'c/src/a.ts',
      'd/packages/two/a.ts',
      'e/a.ts',
    ]) {
      workspace.write(file, text);
    }
    workspace.write('c/package.json', '{"name":"c"}');
    workspace.write('c/dist/esm/package.json', '{"type":"module"}');
    workspace.write('d/package.json', '{"workspaces":["packages/*"]}');
    workspace.write('d/packages/one/package.json', '{"name":"one"}');
    workspace.write('d/node_modules/x/package.json', '{"name":"x"}');
    workspace.write('e/package.json', '{"name"');
    const filename = workspace.path(script);
    const { extracted } = await show('tree', [
      { filename, map: map({ sources: [source] }) },
    ]);
    expect(extracted[0]?.text === text).toBe(isRead);
    expect(extracted[0]?.place[0] === filename).toBe(!isRead);
  });
});
