// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The package as a user gets it: packed, and installed in an empty directory. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from '../build-native.mjs';
import {
  hasCompiled,
  installWith,
  NPM,
  type PackageManager,
} from './package-managers';
import { projectRoot } from './suite';

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Tarball {
  readonly file: string;
  /** Paths inside of the package, sorted. */
  readonly contents: readonly string[];
  readonly packedBytes: number;
}

/** `npm pack` of a directory that is already built. */
export function pack(source: string, destination: string): Tarball {
  const [packed] = JSON.parse(
    npm(
      ['pack', '--ignore-scripts', '--json', '--pack-destination', destination],
      source,
    ),
  ) as [{ filename: string; size: number; files: { path: string }[] }];
  return {
    file: join(destination, packed.filename),
    contents: packed.files.map(({ path }) => path).sort(),
    packedBytes: packed.size,
  };
}

export class Consumer {
  readonly directory = mkdtempSync(join(tmpdir(), 'asynctb-consumer-'));
  readonly package = join(this.directory, 'node_modules', 'asynctb');
  readonly #emptyPath = join(this.directory, 'empty');

  readonly #manager: PackageManager;

  constructor(tarball: string, manager = NPM) {
    this.#manager = manager;
    mkdirSync(this.#emptyPath);
    // Scripts are allowed to run: that there are none is part of what is tested.
    installWith(manager, tarball, this.directory);
  }

  /** No compiler, no make, no python: programs find nothing on this PATH. */
  get environment(): NodeJS.ProcessEnv {
    const env: NodeJS.ProcessEnv = {
      ...cleanEnvironment(),
      PATH: this.#emptyPath,
    };
    delete env['NODE_OPTIONS'];
    return env;
  }

  report(node: string, program: string): ConsumerReport {
    return this.run(node, program) as ConsumerReport;
  }

  /** What a program printed as JSON; throws what it wrote to stderr when it fails. */
  run(node: string, program: string): unknown {
    const args = program.endsWith('.mjs')
      ? this.#manager.import
      : this.#manager.require;
    const output = execFileSync(node, [...(args ?? []), program], {
      cwd: this.directory,
      encoding: 'utf8',
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    });
    return JSON.parse(output) as unknown;
  }

  /** The dump that `asynctb/register`, loaded with `flag`, writes to stderr upon SIGUSR2. */
  async dumpOf(node: string, flag: '--require' | '--import'): Promise<string> {
    const child = spawn(
      node,
      [...(this.#manager.import ?? []), flag, 'asynctb/register', 'parked.mjs'],
      { cwd: this.directory, env: this.environment, stdio: 'pipe' },
    );
    try {
      return await new Promise<string>((resolve, reject) => {
        let errors = '';
        child.on('error', reject);
        child.on('exit', (code, signal) => {
          reject(
            new Error(`ended with ${code ?? signal} and no dump:\n${errors}`),
          );
        });
        child.stdout.once('data', () => child.kill('SIGUSR2'));
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          errors += text;
          if (errors.includes('parkedForever')) resolve(errors);
        });
        setTimeout(
          () => reject(new Error(`no dump within 20 s:\n${errors}`)),
          20_000,
        ).unref();
      });
    } finally {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    }
  }

  /**
   * Compiles the TypeScript programs against the package's types, as ESM and as CommonJS, and the
   * types themselves (no `skipLibCheck`): for the oldest language that they are for, with Node's types
   * and with none, and for the newest, whose `using` they know.
   */
  checkTypes(): void {
    const modules = join(projectRoot, 'node_modules');
    const programs = ['types.mts', 'types.cts'];
    const typeRoots = [join(modules, '@types')];
    const using = ['esnext.disposable'];
    this.#compile(programs, { lib: ['es2020'], types: [] });
    this.#compile(programs, { lib: ['es2020'], types: ['node'], typeRoots });
    this.#compile([...programs, 'using.mts'], {
      lib: ['es2023', ...using],
      types: [],
    });
  }

  #compile(
    files: readonly string[],
    options: { lib: string[]; types: string[]; typeRoots?: string[] },
  ): void {
    const compilerOptions = {
      module: 'node16',
      target: 'es2020',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      ...options,
    };
    writeFileSync(
      join(this.directory, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files }),
    );
    const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '--project', '.'], {
      cwd: this.directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  get wasCompiledOnInstall(): boolean {
    return hasCompiled(this.directory);
  }

  get manifest(): { readonly scripts?: Readonly<Record<string, string>> } {
    return JSON.parse(
      readFileSync(join(this.package, 'package.json'), 'utf8'),
    ) as {
      scripts?: Record<string, string>;
    };
  }
}

export interface ConsumerReport {
  readonly names: readonly string[];
  readonly error: string | null;
  readonly capabilities: Readonly<
    Record<string, { available: boolean; via?: string; reason?: string }>
  >;
}

/** The one command that a report without a binary names, as it stands there. */
export function buildCommandIn(report: ConsumerReport): string | undefined {
  const reasons = Object.values(report.capabilities).map(
    ({ reason }) => reason ?? '',
  );
  return /\bnode [^\s`'"]*scripts\/build-native\.mjs\b/.exec(
    reasons.join('\n'),
  )?.[0];
}
