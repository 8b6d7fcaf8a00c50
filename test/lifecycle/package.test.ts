// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  missingSymbols,
  newerThanNode,
  weaknesses,
} from '../../scripts/lib/binaries';
import {
  buildCommandIn,
  Consumer,
  pack,
  type Tarball,
} from '../../scripts/lib/consumer';
import { builtPath } from '../../lib/engine/find-binary';
import { PACKAGE_LINTS } from '../../scripts/lib/package-lints';
import { prebuildPath } from '../../scripts/lib/prebuilds';
import { projectRoot } from '../../scripts/lib/suite';

const NOT_STAGED = new Set([
  '.cache',
  '.git',
  'build',
  'node_modules',
  'prebuilds',
]);
const binary = prebuildPath({ abi: process.versions.modules });
const addon = join(projectRoot, builtPath(process.versions.modules));

describe('the addon', () => {
  it('needs no newer C and C++ library than Node itself does', () => {
    expect(newerThanNode(addon, process.execPath)).toEqual([]);
  });

  it('needs nothing of Node that Node lacks', () => {
    expect(missingSymbols(addon, process.execPath)).toEqual([]);
  });

  it('is hardened, and shows nothing but its entry points', () => {
    expect(weaknesses(addon)).toEqual([]);
  });
});

describe('the packed package, installed in an empty directory', () => {
  let scratch = '';
  let tarball: Tarball;
  let consumer: Consumer;

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'asynctb-stage-'));
    const stage = join(scratch, 'stage');
    cpSync(projectRoot, stage, {
      recursive: true,
      filter: (path) => !NOT_STAGED.has(path.slice(projectRoot.length + 1)),
    });
    // The addon of this build stands in for the binaries of a release, which take minutes;
    // `npm run check:prebuilds` tests those.
    mkdirSync(join(stage, binary, '..'), { recursive: true });
    cpSync(addon, join(stage, binary));
    tarball = pack(stage, scratch);
    consumer = new Consumer(tarball.file);
  }, 120_000);

  afterAll(() => {
    rmSync(scratch, { recursive: true });
    rmSync(consumer.directory, { recursive: true });
  });

  it('holds what a user needs, sources of the addon included, and nothing else', () => {
    const owed = [
      'CHANGELOG.md',
      'LICENSE-APACHE',
      'LICENSE-MIT',
      'README.md',
      'dist/index.js',
      'dist/index.mjs',
      'dist/isolate-formatter.js',
      'dist/types/index.d.mts',
      'dist/types/index.d.ts',
      'native/binding/addon.cc',
      'native/binding.gyp',
      'package.json',
      binary,
      'scripts/build-native.mjs',
    ];
    expect(owed.filter((path) => !tarball.contents.includes(path))).toEqual([]);
    const rooms =
      /^(dist|native|prebuilds|docs)\/|^scripts\/build-native\.mjs$|^[^/]+$/;
    expect(
      tarball.contents.filter(
        (path) => !rooms.test(path) || /\.map$|(^|\/)\./.test(path),
      ),
    ).toEqual([]);
  });

  it('has no install script and compiles nothing', () => {
    const scripts = Object.keys(consumer.manifest.scripts ?? {});
    expect(scripts).not.toContain('install');
    expect(scripts).not.toContain('preinstall');
    expect(scripts).not.toContain('postinstall');
    expect(consumer.wasCompiledOnInstall).toBe(false);
  });

  it.each(['require.cjs', 'import.mjs'])(
    'works without a compiler: %s',
    (program) => {
      const { names, error } = consumer.report(process.execPath, program);
      expect(error).toBeNull();
      expect(names).toEqual(['outer', 'inner']);
    },
  );

  it.each(['--require', '--import'] as const)(
    'dumps upon SIGUSR2 with %s',
    async (flag) => {
      expect(await consumer.dumpOf(process.execPath, flag)).toMatch(
        /parkedForever at .*parked\.mjs:\d+/,
      );
    },
  );

  it('loads neither the addon nor more of Node when it is imported', () => {
    const { builtins, files } = consumer.run(
      process.execPath,
      'footprint.mjs',
    ) as { builtins: string[]; files: string[] };
    expect(builtins).toEqual([]);
    // What most programs never need is not read.
    expect(files.sort()).toEqual([
      'chunk-core.js',
      'chunk-engine.js',
      'chunk-threads.js',
      'index.js',
    ]);
  });

  it.each(PACKAGE_LINTS)(
    '$name',
    ({ lint }) => {
      expect(lint(tarball.file)).toBe('');
    },
    60_000,
  );

  it('has types for ESM and for CommonJS, from ES2020 on', () => {
    expect(() => consumer.checkTypes()).not.toThrow();
  }, 120_000);

  describe.each([
    ['that is missing', (file: string): void => rmSync(file)],
    [
      'that is damaged',
      (file: string): void => writeFileSync(file, 'not a library'),
    ],
  ])('with a binary %s', (_what, spoil) => {
    let kept = '';

    beforeAll(() => {
      kept = join(scratch, 'kept.node');
      cpSync(join(consumer.package, binary), kept);
      spoil(join(consumer.package, binary));
    });

    afterAll(() => cpSync(kept, join(consumer.package, binary)));

    it.each(['require.cjs', 'import.mjs'])(
      'still loads and names the one command that builds it: %s',
      (program) => {
        const report = consumer.report(process.execPath, program);
        expect(report.names).toEqual([]);
        expect(buildCommandIn(report)).toBe(
          'node node_modules/asynctb/scripts/build-native.mjs',
        );
      },
    );
  });
});
