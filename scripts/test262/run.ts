// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Frontmatter, readFrontmatter } from './frontmatter';

export interface Place {
  readonly node: string;
  readonly root: string;
}

const TIMEOUT_MS = 60_000;
const HOST = join(__dirname, 'host.cjs');

/**
 * How a file ends: 'passed', or why not. Both modes of a script that has two are tried; 'skipped' for what
 * needs a host that can do more, such as agents.
 */
export async function outcomeOf(
  checkout: string,
  file: string,
  where: Place,
  isDumped: boolean,
): Promise<string> {
  const source = readFileSync(join(checkout, file), 'utf8');
  const frontmatter = readFrontmatter(source);
  const { flags } = frontmatter;
  if (flags.has('CanBlockIsFalse') || /\$262\.agent/.test(source)) {
    return 'skipped';
  }
  const outcomes: string[] = [];
  for (const isStrict of modesOf(flags)) {
    const outcome = await runOnce(
      checkout,
      file,
      frontmatter,
      isStrict,
      where,
      isDumped,
    );
    outcomes.push(`${isStrict ? 'strict' : 'sloppy'} ${outcome}`);
  }
  return outcomes.join(', ');
}

function modesOf(flags: ReadonlySet<string>): readonly boolean[] {
  if (flags.has('module')) return [true];
  if (flags.has('onlyStrict')) return [true];
  if (flags.has('noStrict') || flags.has('raw')) return [false];
  return [false, true];
}

function runOnce(
  checkout: string,
  file: string,
  { flags, includes, negative }: Frontmatter,
  isStrict: boolean,
  { node, root }: Place,
  isDumped: boolean,
): Promise<string> {
  const job = {
    checkout,
    file,
    isStrict,
    isModule: flags.has('module'),
    isRaw: flags.has('raw'),
    isAsync: flags.has('async'),
    includes,
    negative,
    asynctb: isDumped ? root : null,
  };
  const register = join(root, 'dist', 'register.js');
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    ...(isDumped ? ['-r', register] : []),
    HOST,
    JSON.stringify(job),
  ];
  return new Promise((resolve) => {
    const child = spawn(node, args, {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        // Nobody reads the dumps: that they end well is what counts.
        ...(isDumped ? { ASYNCTB_FORMAT: 'json' } : {}),
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const [, outcome] = /^outcome: (.*)$/m.exec(text) ?? [];
      resolve(outcome ?? `ended with ${signal ?? code}`);
    });
  });
}
