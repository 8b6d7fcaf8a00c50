// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Generated programs, each in a process of its own, compared with what is so. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { featuresOf } from './builder';
import { runNode, type Subject } from './child';
import { type Answers, compare } from './compare';
import { generate, type Program } from './program';

/** Null when all is as it must be; else what is not. */
export async function checkProgram(
  seed: number,
  subject: Subject,
  folder: string,
): Promise<string | null> {
  const program = generate(seed, featuresOf(subject.version));
  const directory = mkdtempSync(join(folder, 'program-'));
  const file = join(
    directory,
    `program-${seed}.${program.isModule ? 'mjs' : 'cjs'}`,
  );
  writeFileSync(file, program.text);
  const problem = await problemOf(program, file, subject, directory);
  if (problem === null) rmSync(directory, { recursive: true });
  return problem === null
    ? null
    : `${file}\n${problem}\nagain: npm run torture -- --node ${subject.version} --program ${seed}`;
}

async function problemOf(
  program: Program,
  file: string,
  subject: Subject,
  directory: string,
): Promise<string | null> {
  const dumps = join(directory, 'dumps');
  mkdirSync(dumps);
  const { code, signal, stdout, stderr } = await runNode(subject, {
    args: ['-r', subject.register, file],
    env: {
      TORTURE_REPORT: join(__dirname, 'report.cjs'),
      TORTURE_ASYNCTB: subject.root,
      ASYNCTB_DIR: dumps,
      ASYNCTB_FORMAT: 'json',
    },
  });
  if (code !== 0)
    return `ended with ${signal ?? code}\n${stderr.slice(-4_000)}`;
  let answers: Answers;
  try {
    answers = JSON.parse(stdout) as Answers;
  } catch {
    return `no answer: ${stdout.slice(0, 200)}\n${stderr}`;
  }
  const differences = compare(program, answers);
  return differences.length === 0 ? null : differences.join('\n');
}
