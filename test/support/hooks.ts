// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** For tests of hooks: what is registered in a test is taken back after it. */

import type { Frame, Stack } from 'asynctb';
import { afterEach } from 'vitest';
import { loadProgram } from './forms';

type Start = (...args: never[]) => Generator;

export interface HookPrograms {
  arrow(gate: Promise<unknown>): Promise<void>;
  Box: new (content: unknown) => { content: unknown };
  SpecialBox: new (content: unknown) => { content: unknown };
  Glued: new (content: unknown) => { content: unknown };
  GluedYields: new (...contents: unknown[]) => { contents: unknown[] };
  Steps: new (content: unknown) => { content: unknown };
  Ways: {
    new (): {
      method(): Generator;
      readonly accessor: Generator;
      startPrivate(): Generator;
      privateFunction(): () => Generator;
      asyncMethod(gate: Promise<unknown>): Promise<void>;
      asyncGeneratorMethod(gate: Promise<unknown>): AsyncGenerator;
    };
    staticMethod(): Generator;
  };
  closures(): () => Generator;
  delegatesTo(iterator: unknown): Generator;
  first(look: () => unknown): unknown;
  second(look: () => unknown): unknown;
  third(look: () => unknown): unknown;
  hidesByLocal(): Generator;
  hidesByLocalAsync(gate: Promise<unknown>): Promise<void>;
  hidesBySymbol(): Generator;
  hidesNot(): Generator;
  innermost(): Generator;
  joins(gates: Promise<unknown>[]): Promise<void>;
  leafTask(gate: Promise<unknown>): Promise<void>;
  mentionsLocal(): Generator;
  middle(): Generator;
  other(): Generator;
  otherInner(): Generator;
  outermost(): Generator;
  started(make: Start): Generator;
  task(gate: Promise<unknown>): Promise<void>;
}

export const hookPrograms = loadProgram<HookPrograms>('hooks.cjs');

/** Returns a function that remembers how to take a registration back. */
export function registering(): (...unregister: (() => void)[]) => void {
  const undo: (() => void)[] = [];
  afterEach(() => {
    for (const each of undo.splice(0).reverse()) each();
  });
  return (...unregister) => undo.push(...unregister);
}

export function namesOf(stack: Stack): string[] {
  return stack.frames.map(({ functionName }) => functionName);
}

export function frameOf(stack: Stack, name: string): Frame {
  const frame = stack.frames.find(({ functionName }) => functionName === name);
  if (frame === undefined) throw new Error(`no frame of ${name}`);
  return frame;
}
