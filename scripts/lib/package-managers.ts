// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The package in a project of each package manager: installed from the tarball, and used. */

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cleanEnvironment } from '../build-native.mjs';
import { projectRoot } from './suite';
import { toolDirectory } from './tools';

export interface PackageManager {
  readonly name: string;
  /** What is installed from npm to have it; null: npm itself. */
  readonly tool: string | null;
  /** The program, in the tool's directory. */
  readonly program?: string;
  readonly install: readonly string[];
  /** Of the project, beside package.json. */
  readonly files?: Readonly<Record<string, string>>;
  /** What Node is told, to find packages; `import` needs the second. */
  readonly require?: readonly string[];
  readonly import?: readonly string[];
}

const YARN_COMMON =
  'enableTelemetry: false\nenableGlobalCache: false\npnpEnableEsmLoader: true\n';
const PNP: Pick<PackageManager, 'require' | 'import'> = {
  require: ['--require', './.pnp.cjs'],
  import: [
    '--require',
    './.pnp.cjs',
    '--experimental-loader',
    './.pnp.loader.mjs',
  ],
};

function pnpm(version: string): PackageManager {
  return {
    name: `pnpm ${version}`,
    tool: `pnpm@${version}`,
    program: 'node_modules/pnpm/bin/pnpm.cjs',
    install: ['install', '--no-frozen-lockfile', '--store-dir=.store'],
  };
}

function yarn(version: string, linker: 'node-modules' | 'pnp'): PackageManager {
  return {
    name: `yarn ${version}, ${linker}`,
    tool: `@yarnpkg/cli-dist@${version}`,
    program: 'node_modules/@yarnpkg/cli-dist/bin/yarn.js',
    install: ['install', '--no-immutable'],
    files: {
      '.yarnrc.yml': `nodeLinker: ${linker}\n${YARN_COMMON}`,
      // Or yarn takes the nearest one above for the project's root.
      'yarn.lock': '',
    },
    ...(linker === 'pnp' ? PNP : {}),
  };
}

export const NPM: PackageManager = {
  name: 'npm',
  tool: null,
  install: ['install', '--no-audit', '--no-fund', '--prefer-offline'],
};

/** All but npm, whose project has tests of its own. */
export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  pnpm('9'),
  pnpm('10'),
  {
    name: 'yarn 1',
    tool: 'yarn@1',
    program: 'node_modules/yarn/bin/yarn.js',
    install: [
      'install',
      '--no-lockfile',
      '--non-interactive',
      '--cache-folder=.yarn-cache',
    ],
  },
  yarn('3', 'node-modules'),
  yarn('3', 'pnp'),
  yarn('4', 'node-modules'),
  yarn('4', 'pnp'),
];

/** A directory with the package installed by `manager`, whose output is thrown when it fails. */
export function installWith(
  manager: PackageManager,
  tarball: string,
  directory: string,
): void {
  mkdirSync(directory, { recursive: true });
  const manifest = {
    name: 'consumer',
    version: '1.0.0',
    private: true,
    dependencies: { asynctb: `file:${tarball}` },
  };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  for (const [name, text] of Object.entries(manager.files ?? {}))
    writeFileSync(join(directory, name), text);
  const [command, ...first] =
    manager.tool === null
      ? ['npm']
      : [
          process.execPath,
          join(toolDirectory(manager.tool), manager.program ?? ''),
        ];
  execFileSync(command ?? '', [...first, ...manager.install], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), CI: '', YARN_ENABLE_IMMUTABLE_INSTALLS: '0' },
    timeout: 120_000,
  });
  cpSync(join(projectRoot, 'test', 'programs', 'consumer'), directory, {
    recursive: true,
  });
}

/** Whether something was compiled in any folder below. */
export function hasCompiled(directory: string): boolean {
  return readdirSync(directory, { withFileTypes: true }).some((entry) => {
    if (entry.isSymbolicLink()) return false;
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) return false;
    if (entry.name === 'build' && existsSync(join(dirname(path), 'native')))
      return true;
    return hasCompiled(path);
  });
}
