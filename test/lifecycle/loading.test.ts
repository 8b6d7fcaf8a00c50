// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Which binary is loaded, and from which paths `asynctb/register` may be named. */

import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPath } from '../../lib/engine/find-binary';
import { projectRoot } from '../../scripts/lib/suite';

const abi = process.versions.modules;
/** Says that it was loaded: a module of that name is tried by whoever looks for one. */
const INTRUDER = "console.log('intruder');\n";

let directory = '';
let root = '';

/** A package with dist/ and what a test puts beside it. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'asynctb-loading-'));
  root = join(directory, 'node_modules', 'asynctb');
  mkdirSync(root, { recursive: true });
  for (const name of ['dist', 'package.json', 'register'])
    cpSync(join(projectRoot, name), join(root, name), { recursive: true });
  mkdirSync(join(root, 'build', 'Release'), { recursive: true });
  cpSync(join(projectRoot, builtPath(abi)), join(root, builtPath(abi)));
  symlinkSync(root, join(directory, 'linked'));
});

afterAll(() => rmSync(directory, { recursive: true }));

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return stdout + stderr;
}

const ASK = "console.log(require('asynctb').capabilities().native)";

describe('the binary that is loaded', () => {
  it.each([
    { ASYNCTB_PREBUILD: '/tmp' },
    { PREBUILDS_ONLY: '1' },
    { npm_config_platform: 'win32', npm_config_arch: 'arm64' },
    { npm_config_libc: 'musl', LIBC: 'musl' },
    { npm_config_runtime: 'electron', npm_config_target: '1.0.0' },
    { npm_config_asynctb_prebuild: '/tmp' },
  ])('is the same with the environment %o', (env) => {
    expect(run(['-e', ASK], env as unknown as Record<string, string>)).toBe(
      "{ available: true, via: 'the addon' }\n",
    );
  });

  it('is not one of another ABI, nor one of any other name', () => {
    const folder = join(root, 'build', 'Release');
    writeFileSync(join(folder, 'asynctb.node'), INTRUDER);
    writeFileSync(join(folder, `asynctb.abi${Number(abi) + 1}.node`), INTRUDER);
    writeFileSync(join(folder, '0.node'), INTRUDER);
    expect(run(['-e', ASK])).toBe("{ available: true, via: 'the addon' }\n");
    rmSync(join(root, builtPath(abi)));
    try {
      const text = run(['-e', ASK]);
      expect(text).toMatch(
        /available: false,\s+reason: .*no native binary .*there is none in the package/,
      );
    } finally {
      cpSync(join(projectRoot, builtPath(abi)), join(root, builtPath(abi)));
    }
  });

  it('is none where Node may load none, which is said', () => {
    expect(run(['--no-addons', '-e', ASK])).toMatch(/--no-addons/);
  });
});

describe('a runtime that is not Node', () => {
  it.each([
    ['bun', 'Bun 1.2.3'],
    ['deno', 'Deno 1.2.3'],
  ])('is named instead of loading anything: %s', (name, title) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, ${name}: '1.2.3' } });`;
    const ask = `${pretend}
      process.dlopen = () => console.log('loaded');
      const { capabilities, extract } = require('asynctb');
      const all = Object.values(capabilities());
      console.log(all.filter(({ available }) => available).length, new Set(all.map(({ reason }) => reason)));
      const stack = extract((function* () { yield 1; })());
      console.log(stack.frames.length, stack.error.message);
      require('asynctb/register');`;
    const text = run(['-e', ask]);
    expect(text).toContain(`0 Set(1) {\n  'this is ${title}, and`);
    expect(text).toContain(`\n0 this is ${title}, and`);
    expect(text).toContain(`AsynctbWarning: no dumps: this is ${title}, and`);
    expect(text).not.toContain('loaded');
  });
});

describe('asynctb/register by a path', () => {
  const program = `
    async function waitsHere() { await new Promise((wake) => setTimeout(wake, 600_000)); }
    void waitsHere();
    process.kill(process.pid, 'SIGUSR2');`;

  it.each([
    ['-r', () => join(root, 'register')],
    ['-r', () => './node_modules/asynctb/register'],
    ['-r', () => join(directory, 'linked', 'register')],
    ['-r', () => join(root, 'dist', 'register.js')],
    ['--import', () => pathToFileURL(join(root, 'register')).href],
    ['--import', () => join(root, 'register')],
    ['--import', () => './node_modules/asynctb/register'],
    ['--import', () => pathToFileURL(join(root, 'dist', 'register.mjs')).href],
  ])('%s is loaded (%#)', async (flag, path) => {
    const child = spawn(process.execPath, [flag, path(), '-e', program], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      if (errors.includes('=== end of')) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(errors).toMatch(/waitsHere at /);
  });
});

/** An empty folder in the place of /proc takes a mount namespace, which not everybody may have. */
const HIDE_PROC = 'mount -t tmpfs none /proc && exec "$@"';
const hidden = (...command: readonly string[]): [string, string[]] => [
  'unshare',
  ['--mount', 'sh', '-c', HIDE_PROC, 'sh', ...command],
];
const canHideProc = spawnSync(...hidden('true')).status === 0;

describe.skipIf(!canHideProc)('without /proc', () => {
  it('all can be read that can be with it', () => {
    const ask =
      "console.log(JSON.stringify(Object.entries(require('asynctb').capabilities()).filter(([, { available }]) => available).map(([name]) => name)))";
    const options = { cwd: directory, encoding: 'utf8' } as const;
    const { stdout } = spawnSync(
      ...hidden(process.execPath, '-e', ask),
      options,
    );
    const here = JSON.parse(stdout) as string[];
    const usual = JSON.parse(run(['-e', ask])) as string[];
    expect(here).toEqual(usual);
    expect(here).toContain('positions');
    expect(here).toContain('runningFrames');
  });
});

describe('asynctb/register in the main thread', () => {
  it('loads no worker_threads, which would take longer than all of asynctb', () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        '-r',
        join(projectRoot, 'dist', 'register.js'),
        '-p',
        "process.moduleLoadList.filter((name) => name.endsWith(' worker_threads')).length",
      ],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(stdout).toBe('0\n');
  });
});
