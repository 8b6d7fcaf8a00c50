// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Which runtime this is: others say that they are Node, too, and may crash when they load its addons. */

import { versions } from '../base/node-process.js';

/** `Bun 1.2.3` or `Deno 2.4.6`; null in Node. */
function foreignRuntime(): string | null {
  if (versions.bun !== undefined) return `Bun ${versions.bun}`;
  if (versions.deno !== undefined) return `Deno ${versions.deno}`;
  return null;
}

/** One line; null in Node. */
export function whyNotHere(): string | null {
  const runtime = foreignRuntime();
  return runtime === null
    ? null
    : `this is ${runtime}, and asynctb reads Node only: stacks have no frames here, ` +
        'dumps have no tasks, and a signal makes no dump';
}
