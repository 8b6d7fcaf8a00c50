// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { AsynctbError, joinErrors } from '../model/errors.js';
import type { Frame } from '../model/frame.js';
import type { Stack } from '../model/stack.js';
import { can, type CapabilityName, whyNot } from '../native/capabilities.js';
import type { ResolvedOptions } from './options.js';

/** What a pending promise can wait for besides an async function. */
const EDGES = ['combinators', 'resolvers', 'callbacks', 'modules'] as const;

/**
 * Says what a stack may lack because something cannot be read here: a missing capability must
 * never look like a program that has nothing more to show.
 */
export function addDegradations(stack: Stack, options: ResolvedOptions): void {
  const errors: Error[] = stack.error === null ? [] : [stack.error];
  const add = (name: CapabilityName, effect: string) => {
    if (!can(name)) {
      errors.push(
        new AsynctbError(
          'ERR_ASYNCTB_UNSUPPORTED',
          `${effect}, for want of ${name}: ${whyNot(name)}`,
        ),
      );
    }
  };
  if (stack.leaves.length > 0 && stack.frames.length > 0) {
    for (const name of EDGES) add(name, 'frames may be missing at the end');
  }
  const last = stack.frames[stack.frames.length - 1];
  if (last !== undefined && isGenerator(last)) {
    add('delegates', 'what the last frame delegates to is not shown');
  }
  if (stack.frames.some((frame) => frame.state === 'suspended')) {
    add('positions', 'suspended frames show where their function begins');
    if (options.locals) add('scopes', 'locals are not shown');
  }
  stack.error = joinErrors(errors);
}

function isGenerator({ kind, state }: Frame): boolean {
  return (
    state === 'suspended' &&
    (kind === 'generator' || kind === 'async-generator')
  );
}

const ALL = [...EDGES, 'delegates', 'positions', 'scopes'] as const;

/** Whether anything could be missing: asked once, so that a healthy extraction pays nothing. */
export function isDegraded(): boolean {
  return ALL.some((name) => !can(name));
}
