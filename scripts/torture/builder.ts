// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What each file of forms uses of the program that is made. */

import type { Chain, ModelFrame } from './model';
import type { Random } from './random';

/** An expression that starts something, evaluated once, and what it then waits for. */
export interface Awaitable {
  readonly code: string;
  readonly chain: Chain;
}

/** A statement or more, and where it stands while it waits for what. */
export interface Body {
  readonly code: string;
  readonly mark: number;
  readonly inner: Chain;
}

/** What the Node has that runs the program. */
export interface Features {
  /** `using`, `await using`. */
  readonly disposal: boolean;
  readonly withResolvers: boolean;
  readonly promiseTry: boolean;
  readonly fromAsync: boolean;
}

export function featuresOf(version: string): Features {
  const major = Number.parseInt(version, 10);
  return {
    disposal: major >= 24,
    withResolvers: major >= 22,
    promiseTry: major >= 24,
    fromAsync: major >= 22,
  };
}

export interface Builder {
  readonly random: Random;
  readonly features: Features;
  newMark(): number;
  name(prefix: string): string;
  /** Adds a declaration to the program. */
  declare(text: string): void;
  /** Something to await that will never settle: always a promise. */
  awaitable(depth: number): Awaitable;
  /** A call of an async generator function; the chain begins with its own frame. */
  generator(depth: number): Awaitable;
}

export function below(frame: ModelFrame, inner: Chain): Chain {
  return { frames: [frame, ...inner.frames], gate: inner.gate };
}
