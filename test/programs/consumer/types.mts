// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Compiled, never run: what a TypeScript user of the ESM side writes.

import { capabilities, dump, extract, type Frame, type Stack } from 'asynctb';
import 'asynctb/register';
import * as lowlevel from 'asynctb/lowlevel';

const stack: Stack = extract(Promise.resolve(), { maxFrames: 3 });
const first: Frame | undefined = stack.frames[0];
export const used: readonly unknown[] = [
  first?.functionName,
  capabilities(),
  dump().threads,
  lowlevel,
];
// @ts-expect-error a misspelt option has to be an error, or the types were not found at all
extract(null, { maxFrame: 3 });
