// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import path from 'node:path';

/** A Node, and the copy of the project that was built for it. */
export interface Target {
  node: string;
  version: string;
  root: string;
}

/** How a program under measurement is started. */
export interface Launch {
  target: Target;
  execArgv?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/**
 * V8 lets the young generation grow by what survives in it, and a program that has loaded more has
 * a larger one, is collected less often, and runs faster. So all programs that are compared have
 * the full size from the start: what counts is what they do, not how often garbage is collected.
 */
export const SAME_YOUNG_GENERATION = '--min-semi-space-size=16';

/** What loads asynctb/register before a program. */
export function register({ root }: Target): string[] {
  return ['-r', path.join(root, 'dist/register.js')];
}

export function programPath({ root }: Target, name: string): string {
  return path.join(root, 'scripts/bench/programs', name);
}

type Reply = { value: number } | { error: string };

/**
 * A program of `programs/` in a process of its own. It is plain JavaScript, so that nothing but
 * the measured code is loaded, in whichever Node; and it answers calls by name with a number.
 */
export class Program implements AsyncDisposable {
  #child: ChildProcess;
  #stderr = '';

  constructor(name: string, { target, execArgv = [], env = {} }: Launch) {
    this.#child = fork(programPath(target, name), {
      cwd: target.root,
      execPath: target.node,
      execArgv: [...execArgv],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
  }

  call(method: string, ...args: Serializable[]): Promise<number> {
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        reject(new Error(`the program failed:\n${this.#stderr}`));
      };
      if (this.#child.exitCode !== null || !this.#child.connected) {
        ended();
        return;
      }
      this.#child.once('close', ended);
      this.#child.once('message', (reply: Reply) => {
        this.#child.off('close', ended);
        if ('error' in reply) reject(new Error(reply.error));
        // Without its binary asynctb/register costs nothing, and says so.
        else if (this.#stderr.includes('AsynctbWarning')) ended();
        else resolve(reply.value);
      });
      this.#child.send({ method, args });
    });
  }

  /** Sends a signal, and resolves with what the program has written to stderr since, once it ends so. */
  signal(name: NodeJS.Signals, end: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const from = this.#stderr.length;
      const { stderr } = this.#child;
      const look = (): void => {
        const text = this.#stderr.slice(from);
        if (end.test(text)) settle(() => resolve(text));
      };
      const ended = (): void =>
        settle(() => reject(new Error(`the program ended:\n${this.#stderr}`)));
      const settle = (then: () => void): void => {
        stderr?.off('data', look);
        this.#child.off('close', ended);
        then();
      };
      stderr?.on('data', look);
      this.#child.once('close', ended);
      this.#child.kill(name);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return;
    await new Promise((resolve) => {
      this.#child.once('close', resolve);
      this.#child.kill('SIGKILL');
    });
  }
}

/** Starts a program, calls one of its methods once, and ends it. */
export async function callOnce(
  name: string,
  launch: Launch,
  method: string,
  ...args: Serializable[]
): Promise<number> {
  await using program = new Program(name, launch);
  return await program.call(method, ...args);
}

/** Runs `work` with several programs, and ends them all. */
export async function withPrograms<K extends string, R>(
  name: string,
  launches: Readonly<Record<K, Launch>>,
  work: (programs: Readonly<Record<K, Program>>) => Promise<R>,
): Promise<R> {
  const programs = mapValues(launches, (launch) => new Program(name, launch));
  try {
    return await work(programs);
  } finally {
    for (const program of Object.values<Program>(programs)) {
      await program[Symbol.asyncDispose]();
    }
  }
}

/** In another order, so that what the order does to a program is not always done to the same one. */
export function rotate<K extends string, V>(
  record: Readonly<Record<K, V>>,
  by: number,
): Record<K, V> {
  const entries = Object.entries<V>(record) as [K, V][];
  const at = by % entries.length;
  return Object.fromEntries([
    ...entries.slice(at),
    ...entries.slice(0, at),
  ]) as Record<K, V>;
}

export function mapValues<K extends string, V, W>(
  record: Readonly<Record<K, V>>,
  map: (value: V, key: K) => W,
): Record<K, W> {
  const entries = Object.entries<V>(record) as [K, V][];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, map(value, key)]),
  ) as Record<K, W>;
}
