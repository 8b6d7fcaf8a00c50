// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Stack } from 'asynctb';

/** A program, parked: what to extract, and how to let it go on. */
export interface Parked {
  target: object;
  /** Whatever the program waits for; settling it lets it come to its end. */
  gate?: { resolve(value: unknown): void; reject(error: Error): void };
  /** Held so that nothing of it is collected. */
  keep?: unknown;
  finish(): unknown;
}

/** One way for a program to wait, and the stack that it must give. */
export interface Form {
  name: string;
  park(): Parked | Promise<Parked>;
  expected: string;
  /** What comes out after the gate was opened with `'opened'`. */
  result: unknown;
}

interface DescribeStack {
  describeStack(stack: Stack): string;
  runFormatters(stack: Stack): string;
  placeOf(scriptName: string, marker: string): string;
}

const require = createRequire(import.meta.url);

export const formsDirectory = fileURLToPath(
  new URL('../programs/forms/', import.meta.url),
);

/** Loads a program as Node does, so that its positions are those of the file. */
export function loadForms(name: string): Record<string, Form[]> {
  return require(`${formsDirectory}${name}.cjs`) as Record<string, Form[]>;
}

/** File names, and what the forms in them are about. */
export const { files: formFiles, allForms } = loadProgram<{
  files: Record<string, string>;
  allForms(): Form[];
}>('files.cjs');

export function loadProgram<Exports>(name: string): Exports {
  return require(`${formsDirectory}${name}`) as Exports;
}

export const { describeStack, runFormatters, placeOf } =
  loadProgram<DescribeStack>('describe-stack.cjs');
