// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What bundlers bundle: prints the names of its frames, or what is said instead.

import 'asynctb/register';
import { capabilities, extract } from 'asynctb';

async function inner() {
  await new Promise((wake) => setTimeout(wake, 60_000));
}
async function outer() {
  await inner();
}

const { available, reason } = capabilities().native;
const names = available
  ? extract(outer()).frames.map((frame) => frame.functionName)
  : [];
console.log(JSON.stringify({ names, error: reason ?? null }));
process.exit(0);
