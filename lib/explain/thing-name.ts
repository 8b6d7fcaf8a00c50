// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { Thing } from './thing.js';

/** What a thing is called in a sentence: its class, and what a rule says of it. */
export function nameOf(thing: Thing): string {
  const { className } = thing;
  const host = thing.text('_host') ?? thing.text('host');
  const path = thing.text('path');
  const pid = thing.number('pid');
  if (pid !== null) return `${className} ${pid}`;
  if (host !== null) return `${className} (${host})`;
  return path === null || className === 'ClientRequest'
    ? className
    : `${className} (${path})`;
}
