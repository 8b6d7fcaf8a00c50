// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { never, stacks } from './typed';
import { sep } from 'node:path';

export async function startPlain() {
  await (stacks.push(new Error('here').stack), never);
  return sep;
}
