// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeFlatMap,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSome,
} from '../base/lists.js';
import {
  ArrayPrototypeIncludes,
  ArrayPrototypePop,
} from '../base/primordials.js';
import { LACKS } from '../base/capture-schema.js';
import { isPromise } from '../base/node-types.js';
import { AsynctbError, joinErrors } from '../base/errors.js';
import type { Frame } from '../model/frame.js';
import { READY_TO_RESUME } from '../model/placeholder.js';
import type { Stack } from '../model/stack.js';
import { can, type LibraryCapability, whyNot } from '../engine/capabilities.js';
import type { ResolvedOptions } from '../base/options.js';

/** What a pending promise can wait for besides an async function. */
const EDGES = ['combinators', 'resolvers', 'callbacks', 'modules'] as const;

/** The error that says what is missing for want of a capability. */
export function lack(name: keyof typeof LACKS, why: string): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_UNSUPPORTED',
    `${LACKS[name]}, for want of ${name}: ${why}`,
  );
}

/**
 * Says what a stack may lack because something cannot be read here: a missing capability must
 * never look like a program that has nothing more to show. `unreadWasm`: why the frames of some
 * suspended WebAssembly could not be read.
 */
export function addDegradations(
  stack: Stack,
  options: ResolvedOptions,
  unreadWasm: string,
): void {
  const errors: Error[] = stack.error === null ? [] : [stack.error];
  const add = (name: LibraryCapability & keyof typeof LACKS) => {
    if (!can(name)) ArrayPrototypePush(errors, lack(name, whyNot(name)));
  };
  const ends = endsOf(stack);
  const endsInPromise = ({ leaves }: Stack) =>
    ArrayPrototypeSome(leaves, isPromise);
  if (ArrayPrototypeSome(ends, endsInPromise)) {
    for (const name of EDGES) add(name);
    if (options.explain) add('holders');
  }
  const last = ArrayPrototypeMap(
    ends,
    ({ frames }) => frames[frames.length - 1],
  );
  if (ArrayPrototypeSome(last, isSuspendedGenerator)) {
    add('delegates');
  }
  if (
    ArrayPrototypeSome(
      ends,
      (end, at) => !endsInPromise(end) && isAsync(last[at]),
    )
  ) {
    add('asyncGenerators');
  }
  if (
    ArrayPrototypeSome(ends, ({ leaves }) =>
      ArrayPrototypeIncludes(leaves, READY_TO_RESUME),
    )
  ) {
    add('microtasks');
  }
  const frames = ArrayPrototypeFlatMap(ends, (end) => end.frames);
  if (ArrayPrototypeSome(frames, (frame) => frame.state === 'suspended')) {
    add('positions');
    add('functionNames');
    if (options.locals) add('scopes');
  }
  if (unreadWasm !== '' && ArrayPrototypeSome(frames, standsForWasm)) {
    ArrayPrototypePush(errors, lack('wasmStacks', unreadWasm));
  }
  stack.error = joinErrors(errors);
}

/** One frame instead of those that could not be read: it has no place. */
function standsForWasm({ kind, scriptName }: Frame): boolean {
  return kind === 'wasm' && scriptName === '';
}

/** The stack and its branches, and theirs: each is somewhere where a chain ends. */
function endsOf(stack: Stack): Stack[] {
  const ends: Stack[] = [];
  const pending = [stack];
  for (
    let next = ArrayPrototypePop(pending);
    next !== undefined;
    next = ArrayPrototypePop(pending)
  ) {
    ArrayPrototypePush(ends, next);
    for (const frame of next.frames) {
      if (frame.inputs !== null)
        for (const branch of frame.branches)
          ArrayPrototypePush(pending, branch);
    }
  }
  return ends;
}

function isSuspendedGenerator(frame: Frame | undefined): boolean {
  return (
    isAsync(frame) ||
    (frame?.state === 'suspended' && frame.kind === 'generator')
  );
}

function isAsync(frame: Frame | undefined): boolean {
  return frame?.state === 'suspended' && frame.kind === 'async-generator';
}

const ALL: readonly LibraryCapability[] = ArrayConcat(EDGES, [
  'asyncGenerators',
  'delegates',
  'functionNames',
  'holders',
  'microtasks',
  'positions',
  'scopes',
]);

/** Whether anything could be missing: asked once, so that a healthy extraction pays nothing. */
export function isDegraded(): boolean {
  return ArrayPrototypeSome(ALL, (name) => !can(name));
}
