// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A program in a process of its own, with `asynctb/register` loaded, and what it writes. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../scripts/lib/suite';

export const REGISTER = join(projectRoot, 'dist', 'register.js');
export const REGISTER_URL = pathToFileURL(
  join(projectRoot, 'dist', 'register.mjs'),
).href;

const PROGRAMS = join(projectRoot, 'test', 'programs');

/** Loaded after `asynctb/register`: a second dump comes as soon as it is asked for. */
const WITHOUT_PAUSE = join(PROGRAMS, 'signal', 'without-pause.cjs');

const DUMP =
  /^=== asynctb dump of process \d+, [^]*?^=== end of asynctb dump of process \d+ ===$/gmu;

export interface ProgramOptions {
  /** Before the program's name. Default: `-r asynctb/register`. */
  readonly nodeArgs?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Run this, relative to test/programs, in the place of Node. */
  readonly launcher?: string;
  /** Answer signals at once, and not one a second at most. */
  readonly manyDumps?: boolean;
  /** Leave in the pipe what the program writes to stderr, until `readErrors`. */
  readonly keepErrors?: boolean;
}

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Program {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #messages: unknown[] = [];
  #end: End | null = null;
  #readsErrors = false;

  /** `path` is relative to test/programs. */
  constructor(path: string, options: ProgramOptions = {}) {
    this.#child = fork(join(PROGRAMS, path), options.args ?? [], {
      cwd: options.cwd,
      execPath:
        options.launcher === undefined
          ? process.execPath
          : join(PROGRAMS, options.launcher),
      execArgv: [
        ...(options.nodeArgs ?? ['-r', REGISTER]),
        ...(options.manyDumps === true ? ['-r', WITHOUT_PAUSE] : []),
      ],
      env: environment(options.env),
      silent: true,
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    if (options.keepErrors !== true) this.readErrors();
    this.#child.on('message', (message) => {
      this.#messages.push(message);
      this.#changed();
    });
    this.#child.on('close', (code, signal) => {
      this.#end = { code, signal };
      this.#changed();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The whole dumps on stderr so far. */
  get dumps(): string[] {
    return this.stderr.match(DUMP) ?? [];
  }

  readErrors(): void {
    if (this.#readsErrors) return;
    this.#readsErrors = true;
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#changed();
    });
    this.#child.stderr?.resume();
  }

  /** With `keepErrors`: resolves once something is in the pipe, and leaves it there. */
  async beginsToReport(): Promise<void> {
    const { stderr } = this.#child;
    if (stderr !== null && stderr.readableLength === 0) {
      await once(stderr, 'readable');
    }
  }

  kill(signal: NodeJS.Signals = 'SIGUSR2'): void {
    this.#child.kill(signal);
  }

  send(message: string): void {
    this.#child.send(message);
  }

  /** Resolves once the program has written this to stdout. */
  async says(text: string): Promise<void> {
    await this.until(() => this.stdout.includes(text), `"${text}" on stdout`);
  }

  /** Resolves once it has written this to stderr. */
  async reports(text: string | RegExp): Promise<void> {
    const found = (): boolean =>
      typeof text === 'string'
        ? this.stderr.includes(text)
        : text.test(this.stderr);
    await this.until(found, `${String(text)} on stderr`);
  }

  /** Sends the signal and returns the next dump on stderr. */
  async dump(signal: NodeJS.Signals = 'SIGUSR2'): Promise<string> {
    const before = this.dumps.length;
    this.kill(signal);
    await this.until(() => this.dumps.length > before, 'a dump on stderr');
    return this.dumps[before] ?? '';
  }

  /**
   * Dumps until one matches: a program that has just said that it is about to wait, may still be
   * on its way there.
   */
  async dumpThatMatches(pattern: RegExp): Promise<string> {
    let dump = await this.dump();
    while (!pattern.test(dump)) dump = await this.dump();
    return dump;
  }

  /** Resolves after the program's event loop has answered. */
  async answers(message = 'ping'): Promise<void> {
    const before = this.#messages.length;
    this.send(message);
    await this.until(() => this.#messages.length > before, 'an answer');
  }

  async ended(): Promise<End> {
    while (this.#end === null) await once(this.#child, 'changed');
    return this.#end;
  }

  /** Like `ended`, even while its output is still in the pipe. */
  async exited(): Promise<End> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      await once(child, 'exit');
    }
    return { code: child.exitCode, signal: child.signalCode };
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.#end !== null) {
        const { code, signal } = this.#end;
        throw new Error(
          `ended with ${signal ?? code}, without ${what}; stdout:\n${this.stdout}\nstderr:\n${this.stderr}`,
        );
      }
      await once(this.#child, 'changed');
    }
  }

  /** For what is still there after a test. */
  async destroy(): Promise<void> {
    this.readErrors();
    this.#child.kill('SIGKILL');
    await this.ended();
  }

  #changed(): void {
    this.#child.emit('changed');
  }
}

function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(ASYNCTB_|NODE_OPTIONS$|VITEST)/u.test(name)) env[name] = value;
  }
  return { ...env, NODE_BINARY: process.execPath, ...extra };
}

/** Programs of one test; `end` in an afterEach, so that none outlives a failure. */
export class Programs {
  readonly #all: Program[] = [];
  readonly #defaults: ProgramOptions;

  /** `defaults`: for all that are started. */
  constructor(defaults: ProgramOptions = {}) {
    this.#defaults = defaults;
  }

  start(path: string, options?: ProgramOptions): Program {
    const program = new Program(path, { ...this.#defaults, ...options });
    this.#all.push(program);
    return program;
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.splice(0).map((each) => each.destroy()));
  }
}
