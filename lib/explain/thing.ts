// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the evidence is made of. */

import type { EvidenceKind, EvidenceLink } from '../base/capture-schema.js';
import type { Site } from '../model/site.js';

/** What a task waits for. */
export interface Leaf {
  readonly promise: Thing;
  /** Which thing is the function that waits for it; -1: none of them. */
  readonly waiter: number;
}

export type LinkKind = keyof typeof EvidenceLink;

/** One thing holds another. */
export interface Hold {
  readonly holder: Thing;
  readonly link: LinkKind;
  /** The property or variable; '' when unknown. */
  readonly name: string;
  /** Of an element; -1: unknown, or none. */
  readonly index: number;
  /** What is held is the `reject` of a promise. */
  readonly rejects: boolean;
  /** The holder's own text mentions the variable, as far as that can be told. */
  readonly isUsed: boolean;
}

/** Something between a promise and what will settle it. */
export interface Thing {
  readonly id: number;
  readonly kind: keyof typeof EvidenceKind;
  /** Of an object; '' otherwise. */
  readonly className: string;
  /** Of a function, or where a suspended one stands. */
  readonly site: Site | null;
  /** The id of the task that a suspended one is part of; null: unknown. */
  readonly taskId: string | null;
  /** Node or an addon has made it. */
  readonly isNative: boolean;
  /** An object of a class of its own. */
  readonly isNamed: boolean;
  /** More hold it than are known. */
  readonly isHub: boolean;
  /** What holds it was not looked for. */
  readonly isCut: boolean;
  /** Nothing holds it: it may be left over. */
  readonly isLoose: boolean;
  readonly holders: readonly Hold[];
  number(name: string): number | null;
  text(name: string): string | null;
  flag(name: string): boolean | null;
  /** How many elements a list, map or set has that is a property of it; of a list itself: 'length'. */
  length(name: string): number | null;
  /** All that was read of it. */
  fields(): Readonly<Record<string, string | number | boolean>>;
}
