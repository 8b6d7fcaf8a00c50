// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Bundlers that are no dependency of the project; esbuild and rollup have tests of their own. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolDirectory } from './tools';

export interface Bundler {
  readonly name: string;
  /** Bundles `entry` of a project and gives the file that is made. */
  bundle(project: string, entry: string): string;
}

function run(project: string, args: readonly string[]): void {
  execFileSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
}

function webpack(type: 'commonjs' | 'module'): Bundler {
  return {
    name: `webpack to ${type}`,
    bundle(project, entry) {
      const tool = toolDirectory('webpack@5');
      const isModule = type === 'module';
      const file = `webpack-${type}.${isModule ? 'mjs' : 'cjs'}`;
      const options = {
        mode: 'production',
        // The names of functions are what is looked at.
        optimization: { minimize: false },
        target: 'node',
        context: project,
        entry: `./${entry}`,
        output: {
          path: project,
          filename: file,
          ...(isModule ? { module: true, chunkFormat: 'module' } : {}),
        },
        ...(isModule ? { experiments: { outputModule: true } } : {}),
      };
      const program = join(project, 'run-webpack.cjs');
      writeFileSync(
        program,
        `require(${JSON.stringify(join(tool, 'node_modules', 'webpack'))})(${JSON.stringify(options)}, (error, stats) => {
          if (error ?? stats.hasErrors()) { console.error(error ?? stats.toString()); process.exitCode = 1; }
        });`,
      );
      run(project, [program]);
      return join(project, file);
    },
  };
}

const ncc: Bundler = {
  name: 'ncc',
  bundle(project, entry) {
    const tool = toolDirectory('@vercel/ncc');
    const cli = join(tool, 'node_modules/@vercel/ncc/dist/ncc/cli.js');
    run(project, [cli, 'build', entry, '--out', 'ncc', '--no-cache']);
    return join(
      project,
      'ncc',
      entry.endsWith('.mjs') ? 'index.mjs' : 'index.js',
    );
  },
};

export const BUNDLERS: readonly Bundler[] = [
  webpack('commonjs'),
  webpack('module'),
  ncc,
];
