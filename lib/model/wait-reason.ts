// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import type { SourcePosition } from './site.js';

/** What is waited for, in one word. */
export const WAIT_KINDS = [
  'timer',
  'io',
  'request',
  'event',
  'stream',
  'message',
  'process',
  'lock',
  'queue',
  'pool',
  'task',
  'module',
  'microtask',
  'native',
  'nothing',
  'unknown',
] as const;
export type WaitKind = (typeof WAIT_KINDS)[number];

/** One step from what is waited for to who holds it. */
export interface WaitStep extends SourcePosition {
  readonly className: string | null;
  /** The property or variable in which the step before stands. */
  readonly name: string | null;
  readonly functionName: string | null;
}

/** A suspended task that may settle what is waited for. */
export interface Waker extends SourcePosition {
  /** The `id` of that task, the first of several; null where it is not known. */
  readonly taskId: string | null;
  readonly functionName: string;
  /** The variable in which it has what it needs for that. */
  readonly variable: string | null;
  /** So many tasks at that place are the same. */
  readonly count: number;
  readonly sure: boolean;
}

/** Why a stack does not go on. */
export interface WaitReason {
  readonly kind: WaitKind;
  /** One line, such as `a timer of 30,000 ms`. */
  readonly text: string;
  /** The thing at the end, with what may be shown of it. */
  readonly resource: {
    readonly type: string;
    readonly fields: Readonly<Record<string, string | number | boolean | null>>;
  } | null;
  /** Milliseconds until it comes by itself; null when that is not known. */
  readonly dueMs: number | null;
  /** From what is waited for, outward. */
  readonly path: readonly WaitStep[];
  readonly wakers: readonly Waker[];
  /** Whether this is known, or only likely. */
  readonly sure: boolean;
  /** So many tasks of the group were looked at, of so many. */
  readonly sampled: number;
  readonly of: number;
}

/** A reason of which no more is known than this. */
export function waitReason(
  kind: WaitKind,
  text: string,
  rest: Partial<Omit<WaitReason, 'kind' | 'text'>> = {},
): WaitReason {
  return {
    kind,
    text,
    resource: null,
    dueMs: null,
    path: [],
    wakers: [],
    sure: true,
    sampled: 1,
    of: 1,
    ...rest,
  };
}
