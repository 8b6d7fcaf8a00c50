// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { formats, type JsonOptions } from './formats.js';
import type { ResourceJson } from './json.js';
import type { Stack } from './stack.js';

/** Something a frame holds until it is disposed of: the value of a `using` declaration. */
export class Resource {
  readonly #ours = true;
  value: unknown;
  /** Declared with `await using`. */
  isAsync: boolean;
  /** Its disposal is under way. */
  isExiting = false;
  /** The variable, null when unknown. */
  name: string | null;
  /** 1-based line of the declaration, null when unknown. */
  lineNumber: number | null;
  /** How it was made, as source text; null when unknown. */
  description: string | null = null;
  /** What runs inside the resource, when that is a stack of its own. */
  innerStack: Stack | null = null;
  children: (Resource | Stack)[] = [];
  hide = false;

  constructor(
    value: unknown,
    isAsync = false,
    name: string | null = null,
    lineNumber: number | null = null,
  ) {
    this.value = value;
    this.isAsync = isAsync;
    this.name = name;
    this.lineNumber = lineNumber;
  }

  /** Without running a proxy's traps, which `instanceof` would. */
  static is(value: object): value is Resource {
    return #ours in value && value.#ours;
  }

  /** A plain summary that holds nothing of the program. */
  toJSON(options?: JsonOptions | string): ResourceJson {
    return formats().resourceJson(this, options);
  }
}
