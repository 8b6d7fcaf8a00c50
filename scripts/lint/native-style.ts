// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run lint:native [-- --fix | --deep] [part of a path …]`: clang-format and clang-tidy over native/, by `.clang-format` and
 * `native/.clang-tidy`. Both come from npm, into `.cache/lint`: they are large, and only who works on native/ needs them.
 * `--fix` formats. `--deep` follows the paths through each function as well (clang-analyzer), which takes three times as
 * long.
 */

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { nodeAddonApiInclude } from '../build-native.mjs';
import { projectRoot } from '../lib/suite';

const TOOLS = ['clang-format@1.8.0', 'clang-tidy@19.1.1'];
const DIRECTORY = join(projectRoot, '.cache', 'lint');

function toolNamed(name: string): string {
  const path = join(DIRECTORY, 'node_modules', '.bin', name);
  if (!existsSync(path)) {
    execFileSync(
      'npm',
      ['install', '--no-save', '--no-audit', '--prefix', DIRECTORY, ...TOOLS],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
  }
  return path;
}

function sources(parts: readonly string[]): string[] {
  const listed = execFileSync('git', ['ls-files', 'native'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => /\.(h|cc)$/.test(path))
    .filter((path) => existsSync(join(projectRoot, path)))
    .filter(
      (path) => parts.length === 0 || parts.some((part) => path.includes(part)),
    );
}

function format(paths: readonly string[], fix: boolean): boolean {
  const { status } = spawnSync(
    toolNamed('clang-format'),
    [...(fix ? ['-i'] : ['--dry-run', '-Werror']), '--style=file', ...paths],
    { cwd: projectRoot, stdio: 'inherit' },
  );
  return status === 0;
}

/** As binding.gyp compiles; the compiler's own headers are those of g++. */
function flags(): string[] {
  const own = execFileSync('g++', ['-print-file-name=include'], {
    encoding: 'utf8',
  }).trim();
  return [
    '-std=c++20',
    '-fno-rtti',
    '-Inative',
    `-isystem${join(dirname(process.execPath), '..', 'include', 'node')}`,
    `-isystem${nodeAddonApiInclude() ?? ''}`,
    `-isystem${own}`,
    '-include',
    'base/platform/libc_compat.h',
    '-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
    '-DNODE_ADDON_API_DISABLE_DEPRECATED',
  ];
}

async function tidy(paths: readonly string[], deep: boolean): Promise<boolean> {
  const tool = toolNamed('clang-tidy');
  const left = paths.filter((path) => path.endsWith('.cc'));
  let isClean = true;
  const work = async (): Promise<void> => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      try {
        const checks = deep ? ['--checks=clang-analyzer-*'] : [];
        const args = ['--quiet', ...checks, path, '--', ...flags()];
        await promisify(execFile)(tool, args, {
          cwd: projectRoot,
          maxBuffer: 1 << 26,
        });
      } catch (error) {
        isClean = false;
        console.error((error as { stdout?: string }).stdout ?? error);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return isClean;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const fix = args.includes('--fix');
  const deep = args.includes('--deep');
  const paths = sources(args.filter((arg) => !arg.startsWith('--')));
  const isFormatted = format(paths, fix);
  const isTidy = fix || (await tidy(paths, deep));
  if (!isFormatted || !isTidy) process.exitCode = 1;
}

void main();
