// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { spawn } from 'node:child_process';

/** What is tried: a Node, and the package built for it. */
export interface Subject {
  readonly version: string;
  readonly node: string;
  readonly root: string;
  readonly register: string;
}

export interface RunOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Instead of Node itself, something that starts it: `prlimit --nofile=20`. */
  readonly before?: readonly string[];
  /** What else to do with the process, once it runs. */
  readonly meanwhile?: (pid: number, stdout: () => string) => void;
}

export interface RunResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 60_000;

export function runNode(
  subject: Subject,
  options: RunOptions,
): Promise<RunResult> {
  const { args, env = {}, cwd, timeoutMs = TIMEOUT_MS, before = [] } = options;
  const [command = subject.node, ...rest] = [...before, subject.node, ...args];
  return new Promise((resolve) => {
    const child = spawn(command, rest, {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    if (child.pid !== undefined) options.meanwhile?.(child.pid, () => stdout);
    child.on('error', (error) => {
      stderr += String(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}
