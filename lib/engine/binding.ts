// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import { GlobalError } from '../base/primordials.js';
import { versions } from '../base/node-process.js';
import { environment, shareEnvironment } from '../base/environment.js';
import { AsynctbError } from '../base/errors.js';
import { offerAddedRules } from '../explain/added-rules.js';
import { keyLines, splitKeys } from './context-keys.js';
import { findBinary, packageRoot } from './find-binary.js';
import { whyNoBinary } from './no-binary.js';
import { whyNotHere } from './runtime.js';
import type { Captured, RawChild, RawThread, Table } from '../base/capture.js';

declare const asked: unique symbol;
/** A question to other threads, opaque here; its answers are collected once. */
export interface AskedThreads {
  readonly [asked]: never;
}

interface RawCapability {
  available: boolean;
  via?: string;
  reason?: string;
}

/** The addon. Arguments are checked before they get here. */
export interface Binding {
  /** Of the Node that it was built for; in any other one it offers nothing else. */
  readonly abi: string;
  /** `all`: those of running stacks too. */
  /** What ASYNCTB_DISABLE switches off in this thread: to be said before anything else is asked. */
  disable(names: string): void;
  /** What the first thread has given here as `text`, the same in all threads; '' when nothing. */
  environment(text: string | undefined): string;
  capabilities(all: boolean): Record<string, RawCapability>;
  /** False while something passing keeps the proof from being made. */
  isProven(): boolean;
  /** A `TargetType`. */
  classify(value: unknown): number;
  extract(
    targets: readonly unknown[],
    flags: number,
    maxFrames: number,
    samples?: readonly object[],
  ): Captured<'extraction'>;
  /** The awaiters from number `skip` on, at most `limit`, and how many there are; undefined: none. */
  awaiters(
    target: unknown,
    flags: number,
    skip: number,
    limit: number,
  ): Captured<'awaiterList'> | undefined;
  /**
   * The promises that are settled by whatever settles first of several, whose inputs have no index.
   * Walks the heap.
   */
  combined(): readonly object[];
  /** The running stack of the caller, innermost first. */
  running(limit: number, flags: number): Captured<'runningStack'>;
  /** The scopes of running frames, counted from the outermost, innermost scope first. */
  runningScopes(
    frames: readonly number[],
  ): readonly (readonly object[] | undefined)[];
  capture(flags: number, contextLines?: string): Captured<'ownCapture'>;
  /** A timer has begun now, at this time as Node's timers count it, in milliseconds. */
  noteTimerStart(milliseconds: number): void;
  /** Who holds what settles these promises, but for objects of ours. Walks the heap. */
  explain(
    promises: readonly object[],
    ignored: readonly object[],
  ): Captured<'explanation'>;
  /** How many activations of a function are on the stack; inlined ones do not count. */
  activations(fn: unknown): number;
  /** The async functions on the stack, with their promises. Walks the heap. */
  executing(): Table<'executing'>;
  /** Whether the process began with this thread; false when it cannot be told. */
  isFirstThread(): boolean;
  /** From now on the current thread answers dumps. A name that is not empty replaces the last. */
  registerThread(threadId: number, name: string): void;
  /** Asks the registered threads, all or those of these ids; the caller answers for itself. */
  /** `contextLines`: keys of the context that is shown besides, a line each. */
  askThreads(
    ids: readonly number[] | null,
    timeoutMs: number,
    walkOnly?: boolean,
    /** `Detail`s. */
    details?: number,
    contextLines?: string,
  ): AskedThreads;
  /** Keys of contexts that dumps of the process show, a line each; in the place of those given before. */
  contextOfEnvironment(lines: string): void;
  /**
   * Keeps rules for all threads, as JSON, and the names of fields that they need, a line each. A number to take
   * them back by; 0 when they would be too many. They go with this thread.
   */
  addRules(json: string, fieldLines: string, count: number): number;
  removeRules(number: number): void;
  rulesVersion(): number;
  rules(): string;
  addContext(lines: string): void;
  removeContext(lines: string): void;
  /** Waits for what was asked. */
  collectThreads(asked: AskedThreads): RawThread[];
  /** The same while the loop goes on. */
  collectThreadsLater(
    asked: AskedThreads,
    callback: (threads: RawThread[]) => void,
  ): void;
  /** From now on `answer` is called with what other threads ask; the first one stays. */
  answerQuestions(threadId: number, answer: (text: string) => string): void;
  /** Waits until a thread's loop has answered. */
  askQuestion(
    threadId: number,
    text: string,
    timeoutMs: number,
  ): Captured<'answer'>;
  threadState(threadId: number): Captured<'threadState'>;
  walkOnly(): Captured<'walk'>;
  /** What a script that was met in a site says of its source map; '' when it is gone. */
  sourceMapUrl(script: number): string;
  /**
   * An ordinary file's text, without any function of Node's; null when it cannot be had, is longer than
   * so many bytes, or is not below `root` once links are followed ('': anywhere).
   */
  readText(path: string, root: string, longest: number): string | null;
  /** What `process.title` has put in the place of the command line; '' when nothing has. */
  processTitle(): string;
  /** What this process has started and not waited for. */
  childProcesses(): RawChild[];
  /** Whether so many bytes more would fit into the heap. */
  hasRoom(bytes: number): boolean;
  /** The same of a CommonJS module of ours, compiled; null when it cannot be had. */
  compileFile(
    path: string,
  ): ((exports: object, require: (path: string) => object) => void) | null;
  /** The scopes of an entry's activation, innermost first. */
  scopes(activation: unknown): readonly object[] | undefined;
  /** The objects that its variables and temporaries hold, each once, but for those closures share. */
  registerObjects(activation: unknown): readonly object[] | undefined;
  /** The scopes that a function closes over, innermost first. */
  closureScopes(fn: unknown): readonly object[] | undefined;
  /** What a function's `this` is bound to; undefined for one that is not bound. */
  boundThis(fn: unknown): unknown;
  /** The promise that a function is the `resolve` or `reject` of; undefined for any other. */
  settledBy(fn: unknown): unknown;
  /** Whether two functions are closures of one, a built-in one included. */
  sharesCode(a: unknown, b: unknown): boolean;
  /** The suspended async functions of a script. Walks the heap. */
  suspendedIn(scriptId: number): Table<'suspended'>;
  /** What V8's own (Async)DisposableStack holds; undefined for anything else. */
  stackEntries(stack: unknown): Captured<'held'> | undefined;
  /** A part of the text of a function's script; '' when it has none. */
  sourceText(fn: unknown, start: number, end: number): string;
  functionId(fn: unknown): string;
  /** What dumps hide of the frames of a function: `SiteMark.hide` and `SiteMark.hideLine`. */
  markFunction(functionId: string, marks: number): void;
  /** What holds the values; undefined: nothing. The samples are those of `native/heap/holders.h`. Walks the heap. */
  holders(
    values: readonly object[],
    samples: readonly object[],
    levels: number,
  ): Table<'holder'> | undefined;
  /**
   * Where a function stands, and the variables that it closes over, innermost scope first;
   * undefined for what was not written in JavaScript.
   */
  closure(fn: unknown): Captured<'closure'> | undefined;
  /** The objects in V8's own fields of an object, if it is of the sample's type. */
  fieldsLike(value: unknown, sample: unknown): readonly unknown[] | undefined;
  /** What a function is bound to in the end; itself when it is not bound. */
  unbind(fn: unknown): unknown;
}

let loaded: Binding | null = null;
let failure: AsynctbError | null = null;

/** Finds and loads the file. Throws what the system says. */
function load(): Binding {
  // Another runtime may crash with it.
  const file = whyNotHere() === null ? findBinary(packageRoot()) : null;
  if (file === null) throw new GlobalError('there is none in the package');
  // Loading it twice in one environment would initialize it twice: Node's cache prevents that.
  const { createRequire } =
    require('node:module') as typeof import('node:module');
  const binding = createRequire(file)(file) as Binding;
  if (binding.abi !== versions.modules) {
    throw new GlobalError(`the binary found was built for ABI ${binding.abi}`);
  }
  shareEnvironment(binding.isFirstThread(), (text) =>
    binding.environment(text),
  );
  offerAddedRules(binding);
  const { ASYNCTB_DISABLE = '', ASYNCTB_CONTEXT = '' } = environment();
  binding.disable(ASYNCTB_DISABLE);
  if (ASYNCTB_CONTEXT !== '') {
    binding.contextOfEnvironment(keyLines(splitKeys(ASYNCTB_CONTEXT)));
  }
  return binding;
}

/** Loads the addon at first use. Throws an error that says how to get one that fits. */
export function loadBinding(): Binding {
  if (loaded !== null) return loaded;
  if (failure !== null && !isPassingFailure()) throw failure;
  try {
    // Not before it is needed: importing asynctb loads nothing.
    loaded = load();
    return loaded;
  } catch (cause) {
    failure = new AsynctbError(
      'ERR_ASYNCTB_NO_BINARY',
      whyNotHere() ?? whyNoBinary(cause),
    );
    throw failure;
  }
}

let whenAnswering: (() => void)[] = [];

/** Calls back once this thread begins to answer others, which then ask it in the addon alone. */
export function onAnswering(callback: () => void): void {
  ArrayPrototypePush(whenAnswering, callback);
}

export function beginAnswering(): void {
  const callbacks = whenAnswering;
  whenAnswering = [];
  for (const callback of callbacks) callback();
}

/** The addon if somebody has needed it already. */
export function loadedBinding(): Binding | null {
  return loaded;
}

/** The addon, or null together with the reason in `bindingFailure()`. */
export function tryBinding(): Binding | null {
  try {
    return loadBinding();
  } catch {
    return null;
  }
}

/** A process without file descriptors can load nothing, and may have some a moment later. */
export function isPassingFailure(): boolean {
  return (
    failure !== null &&
    RegExpTest(/EMFILE|ENFILE|too many open files/i, failure.message)
  );
}

export function bindingFailure(): AsynctbError | null {
  return failure;
}
