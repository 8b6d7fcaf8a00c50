// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Compiled, never run: what a TypeScript user of the CommonJS side writes.

import asynctb = require('asynctb');
import explain = require('asynctb/explain');
import register = require('asynctb/register');
import lowlevel = require('asynctb/lowlevel');

const { capabilities, dump, extract } = asynctb;
const stack: asynctb.Stack = extract(Promise.resolve(), { maxFrames: 3 });
const first: asynctb.Frame | undefined = stack.frames[0];
const used: readonly unknown[] = [
  first?.functionName,
  capabilities(),
  dump().threads,
  lowlevel,
  register,
  explain.register([]),
];
// @ts-expect-error a misspelt option has to be an error, or the types were not found at all
extract(null, { maxFrame: 3 });
export = used;
