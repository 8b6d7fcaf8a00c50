// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFile } from 'node:child_process';
import { formsDirectory } from './forms';

export interface ChildOptions {
  /** For Node itself. */
  flags?: readonly string[];
  args?: readonly string[];
  env?: Record<string, string>;
  timeoutMs?: number;
}

export interface ChildResult {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: string | null;
}

/** Runs a program of `test/programs/forms` in a process of its own. */
export function runChild(
  program: string,
  options: ChildOptions = {},
): Promise<ChildResult> {
  const { flags = [], args = [], env = {}, timeoutMs = 60_000 } = options;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...flags, `${formsDirectory}${program}`, ...args],
      {
        env: { ...process.env, NODE_OPTIONS: '', ...env },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
      },
      (_error, stdout, stderr) =>
        resolve({
          stdout,
          stderr,
          code: child.exitCode,
          signal: child.signalCode,
        }),
    );
  });
}

/** The same for a program that ends well, says nothing on stderr, and prints JSON. */
export async function runForJson<Result>(
  program: string,
  options?: ChildOptions,
): Promise<Result> {
  const { stdout, stderr, code, signal } = await runChild(program, options);
  if (code !== 0 || signal !== null || stderr !== '') {
    throw new Error(
      `${program} ended with code ${code}, signal ${signal}:\n${stderr}\n${stdout}`,
    );
  }
  return JSON.parse(stdout) as Result;
}
