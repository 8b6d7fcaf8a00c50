// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  GlobalWeakRef,
  SymbolInspect,
  WeakRefPrototypeDeref,
} from '../base/primordials.js';
import { formats, type JsonOptions } from './formats.js';
import type { FrameJson } from './json.js';
import type { Resource } from './resource.js';
import {
  type CombinatorName,
  combinatorSite,
  type FrameKind,
  Site,
  type SourcePosition,
} from './site.js';
import type { Stack } from './stack.js';

export type FrameState = 'running' | 'suspended' | 'not-started';

/** Any function of the program. It is held to be compared and looked up, never to be called. */
export type AnyFunction = (...args: never[]) => unknown;

/** How many inputs a combinator was given (null when unknown), and how many are still pending. */
export interface CombinatorInputs {
  readonly total: number | null;
  readonly pending: number;
}

/**
 * One activation of a function, or one built-in step between two of them. Thousands are made at
 * a time: what depends on the place lives in the shared `Site`, and the lists of resources and
 * branches come into being when somebody asks for them.
 */
export class Frame {
  readonly #site: Site;
  readonly #origin: WeakRef<object> | null;
  #limit: string | null = null;
  #inputs: CombinatorInputs | null = null;
  #resources: Resource[] | null = null;
  #branches: Stack[] | null = null;
  #branchesUp = false;
  #omitted = 0;

  readonly state: FrameState;
  /** Null for a built-in step, a module that has not begun, and for a frame of another thread. */
  readonly function: AnyFunction | null;
  /** The `this` of the activation; undefined when it has none or it is unknown. */
  readonly receiver: unknown;
  /** The variables in scope by name, the innermost of a name; null unless asked for. */
  locals: Record<string, unknown> | null = null;
  /** Left out of output unless `showHiddenFrames` is set. */
  hide: boolean;
  /** The frame is shown without its line of source. */
  hideLine = false;

  constructor(
    site: Site,
    state: FrameState,
    fn: AnyFunction | null = null,
    receiver?: unknown,
    origin: object | null = null,
  ) {
    this.#site = site;
    this.hide = site.hide;
    this.state = state;
    this.function = fn;
    this.receiver = receiver;
    this.#origin = origin === null ? null : new GlobalWeakRef(origin);
  }

  /** Without running a proxy's traps, which `instanceof` would. */
  static is(value: object): value is Frame {
    return #site in value;
  }

  static combinator(
    name: CombinatorName,
    inputs: CombinatorInputs | null,
  ): Frame {
    const frame = new Frame(combinatorSite(name), 'suspended');
    frame.#inputs = inputs;
    return frame;
  }

  /**
   * Where the async callers branch: each branch is one who waits, with its own callers above it;
   * `omitted` more wait that have none.
   */
  static awaiters(branches: Stack[], omitted = 0): Frame {
    const site = combinatorSite(`awaited by ${branches.length + omitted}`);
    const frame = new Frame(site, 'suspended');
    frame.#branches = branches;
    frame.#omitted = omitted;
    frame.#branchesUp = true;
    return frame;
  }

  /** Whether the branches lead to callers, outwards, and not to what a combinator waits for. */
  get branchesUp(): boolean {
    return this.#branchesUp;
  }

  /** How many branches there are beyond those in `branches`, where they were counted. */
  get omittedBranches(): number {
    return this.#omitted;
  }

  get site(): Site {
    return this.#site;
  }

  /**
   * Of a closure that was given a `name` of its own, that one; else the name in its source. Empty for
   * an anonymous function, and for the top level of a module.
   */
  get functionName(): string {
    return this.#site.functionName;
  }

  /** Empty when unknown. */
  get scriptName(): string {
    return this.#site.scriptName;
  }

  /** 1-based, null when unknown. */
  get lineNumber(): number | null {
    return this.#site.lineNumber;
  }

  /** 1-based, null when unknown. */
  get columnNumber(): number | null {
    return this.#site.columnNumber;
  }

  /**
   * The frame stands for functions of one source that were given more names of their own than are
   * told apart, in a dump; `functionName` is then the name in their source.
   */
  get severalNames(): boolean {
    return this.#site.severalNames;
  }

  /**
   * The line as it stands in the source, indentation included, without its end; of one with more
   * than 240 characters, the 240 around the column, with `…` where it was cut. Empty when unknown.
   */
  get lineText(): string {
    return this.#site.lineText;
  }

  get kind(): FrameKind {
    return this.#site.kind;
  }

  /** Whether it is an installed library's code (under `node_modules`), or Node's own. */
  get isLibrary(): boolean {
    return this.kind !== 'combinator' && this.#site.origin !== 'own';
  }

  /** Where the code that ran stands, when a source map has moved the position; else null. */
  get generated(): SourcePosition | null {
    return this.#site.generated;
  }

  /**
   * What is doubtful about the position, such as a source map that could not be used, and the time limit
   * on what it waits for; else null.
   */
  get note(): string | null {
    const { note } = this.#site;
    if (note === null || this.#limit === null) return note ?? this.#limit;
    return `${note}; ${this.#limit}`;
  }

  /** For who finds what the frame waits for: a timer that ends the wait if nothing else does. */
  limitBy(timer: string): void {
    this.#limit = `${timer} as the limit`;
  }

  /** Whether a timer ends the wait if nothing else does. */
  get isLimited(): boolean {
    return this.#limit !== null;
  }

  /** Node's own code. */
  get internal(): boolean {
    return this.#site.internal;
  }

  /** Of a combinator: its inputs, where they were counted; else null. */
  get inputs(): CombinatorInputs | null {
    return this.#inputs;
  }

  /** Asked of each frame: the list need not come into being for it. */
  get hasResources(): boolean {
    return this.#resources !== null && this.#resources.length > 0;
  }

  /** The same for branches. */
  get hasBranches(): boolean {
    return this.#branches !== null && this.#branches.length > 0;
  }

  get resources(): Resource[] {
    this.#resources ??= [];
    return this.#resources;
  }

  set resources(resources: Resource[]) {
    this.#resources = resources;
  }

  /** A combinator's pending inputs, as stacks. */
  get branches(): Stack[] {
    this.#branches ??= [];
    return this.#branches;
  }

  set branches(branches: Stack[]) {
    this.#branches = branches;
  }

  /** The innermost object that was looked into for this frame, unless it has been collected. */
  get origin(): object | null {
    const origin = this.#origin;
    return (
      (origin === null ? undefined : WeakRefPrototypeDeref(origin)) ?? null
    );
  }

  /** One line, as the tree prints it: name and place. */
  toString(): string {
    return formats().frameText(this);
  }

  /** A plain summary that holds nothing of the program. */
  toJSON(options?: JsonOptions | string): FrameJson {
    return formats().frameJson(this, options);
  }

  [SymbolInspect](): string {
    return `Frame { ${this.toString()} }`;
  }
}
