// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Built-in glue: generators and promises, unwrapped into the frames that the engine finds. */

import {
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypePushAll,
  ArrayPrototypeSome,
} from '../base/lists.js';
import {
  ArrayPrototypePop,
  GlobalSet,
  SetPrototypeAdd,
  SetPrototypeDelete,
  SetPrototypeHas,
} from '../base/primordials.js';
import { isGeneratorObject, isPromise } from '../base/node-types.js';
import { noteSettled } from '../open-ends/settled.js';
import { sayLimits } from '../open-ends/limits.js';
import { AsynctbError } from '../base/errors.js';
import type { Table } from '../base/capture.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import type { Resource } from '../model/resource.js';
import { Stack } from '../model/stack.js';
import { ChainEnd, TargetType } from '../base/capture-schema.js';
import { type Binding, loadBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { detailFlags } from './awaiters.js';
import { extractByInspector } from './by-inspector.js';
import { addDegradations, isDegraded } from './degraded.js';
import {
  FrameMaker,
  maxFramesReached,
  type RunningEnd,
  stacksFromChains,
} from './live-stacks.js';
import type { ResolvedOptions } from '../base/options.js';
import { framesOutside } from './frames-outside.js';
import { RunningStack } from './running.js';
import { currentSession } from './session.js';
import { isTouched, markTouched, wantsHooks } from './touched.js';
import { elaborateDisposableStack } from '../resources/disposable-stacks.js';
import { elaborateGeneratorResource } from '../resources/generator-resources.js';
import { holderSamples, noteHolders } from '../open-ends/holders.js';

/** Whether `unwrapSuspended` may find anything inside; a proxy has nothing. */
export function isSuspendable(item: unknown): item is object {
  return isPromise(item) || isGeneratorObject(item);
}

/**
 * The stacks of several items as the engine sees them, with one walk of the heap for all of them:
 * no hook has seen their frames.
 */
export function unwrapSuspended(
  targets: readonly unknown[],
  options: ResolvedOptions,
  entry: AnyFunction,
): Stack[] {
  if (!can('native') || !can('generators')) {
    const stacks = extractByInspector(targets, options);
    for (const stack of ArrayPrototypeFilter(stacks, wantsHooks))
      markTouched(stack);
    return stacks;
  }
  const binding = loadBinding();
  const found = binding.extract(
    targets,
    detailFlags(options),
    options.maxFrames,
    mayEndOpen(targets, binding) ? holderSamples() : undefined,
  );
  const { chains, roots, error, unreadWasm } = found;
  if (found.resolvers.length > 0) noteHolders(found.resolvers, found.holders);
  noteSettled(found.settled);
  const maker = new FrameMaker(found.frames, options.locals);
  const stacks = stacksFromChains(
    found,
    maker,
    options.maxFrames,
    runningEnd(options, entry, maker.resources),
  );
  sayLimits();
  elaborateHeld(maker.resources, options, entry);
  const degraded = unreadWasm !== '' || isDegraded();
  const cut = cutTargets(chains, roots);
  return ArrayPrototypeMap(targets, (target, index) => {
    const own = stacks[roots[index] ?? -1] ?? without(binding, target, error);
    const stack = new Stack(target, own.frames, own.leaves, own.error);
    if (SetPrototypeHas(cut, index) && stack.error === null) {
      stack.error = maxFramesReached(options.maxFrames);
    }
    if (degraded) addDegradations(stack, options, unreadWasm);
    if (isTouched(own)) markTouched(stack);
    return stack;
  });
}

/** Whether glue may be asked who settles what a target waits for in the end. */
function mayEndOpen(targets: readonly unknown[], binding: Binding): boolean {
  return (
    currentSession() !== null &&
    ArrayPrototypeSome(
      targets,
      (target) =>
        isPromise(target) ||
        (isGeneratorObject(target) &&
          binding.classify(target) === TargetType.asyncGenerator),
    )
  );
}

/** Generators that are being looked into: one may hold itself. */
const looking = new GlobalSet<object>();

/** What comes with asynctb for the values of resources: disposable stacks, and generators. */
export function elaborateHeld(
  resources: readonly Resource[],
  options: ResolvedOptions,
  entry: AnyFunction,
): void {
  const inner = (generator: object): Stack => {
    const none = new Stack(generator, [], [generator]);
    if (SetPrototypeHas(looking, generator)) return none;
    SetPrototypeAdd(looking, generator);
    try {
      return unwrapSuspended([generator], options, entry)[0] ?? none;
    } finally {
      SetPrototypeDelete(looking, generator);
    }
  };
  for (const resource of resources) {
    elaborateDisposableStack(resource);
    elaborateGeneratorResource(resource.value, resource, inner);
  }
}

/** The same for frames that were not found by `unwrapSuspended`. */
export function elaborateFrames(
  frames: readonly Frame[],
  options: ResolvedOptions,
  entry: AnyFunction,
): void {
  elaborateHeld(ArrayPrototypeFlatMap(frames, heldBy), options, entry);
}

/** What a frame holds; of one where async callers branch, what those do. */
function heldBy(frame: Frame): readonly Resource[] {
  if (frame.branchesUp) {
    return ArrayPrototypeFlatMap(frame.branches, (branch) =>
      ArrayPrototypeFlatMap(branch.frames, heldBy),
    );
  }
  return frame.hasResources ? frame.resources : [];
}

/**
 * The targets of which some branch was cut: it is said on top as well, since a cut in a branch is
 * easily overlooked. A target's chains follow each other.
 */
function cutTargets(
  chains: Table<'chain'>,
  roots: readonly number[],
): ReadonlySet<number> {
  const cut = new GlobalSet<number>();
  ArrayPrototypeForEach(chains.end, (end, chain) => {
    if (end !== ChainEnd.truncated) return;
    let owner = -1;
    ArrayPrototypeForEach(roots, (root, index) => {
      if (root <= chain && root > (roots[owner] ?? -1)) owner = index;
    });
    SetPrototypeAdd(cut, owner);
  });
  return cut;
}

/** The stack of a target for which there is no chain. */
function without(binding: Binding, target: unknown, error: string): Stack {
  switch (binding.classify(target)) {
    case TargetType.settledPromise:
      return new Stack(target);
    case TargetType.pendingPromise:
    case TargetType.generator:
    case TargetType.asyncGenerator:
      return new Stack(
        target,
        [],
        [target],
        new AsynctbError(
          'ERR_ASYNCTB_UNSUPPORTED',
          `what this waits for cannot be read here: ${error || 'unknown reason'} (see capabilities())`,
        ),
      );
    default:
      return new Stack(target, [], [target]);
  }
}

/**
 * Replaces the last frame, which runs, by the part of the running stack that it begins; `resources`
 * is given what its frames hold.
 */
function runningEnd(
  options: ResolvedOptions,
  entry: AnyFunction,
  resources: Resource[],
): RunningEnd {
  let running: RunningStack | null = null;
  return (stack, activations, activationIndex) => {
    const own = stack.frames[stack.frames.length - 1];
    const fn = own?.function ?? null;
    if (own === undefined || fn === null) return;
    try {
      // Frames on a stack of WebAssembly's own are not counted, but found by their place.
      if (activations === 0 && framesOutside(fn) === 0) {
        notOnStack(stack, own);
        return;
      }
      running ??= new RunningStack(entry, options);
      const index = running.indexOfActivation(fn, activationIndex, activations);
      if (index === null) {
        stack.error = notFound(own, 'runs several times on this stack');
      } else {
        ArrayPrototypePop(stack.frames);
        const frames = running.frames(index, undefined, own);
        for (const frame of frames) {
          ArrayPrototypePush(stack.frames, frame);
          if (frame.hasResources)
            ArrayPrototypePushAll(resources, frame.resources);
        }
      }
    } catch (error) {
      if (!(error instanceof AsynctbError)) throw error;
      stack.error = error;
    }
  };
}

function notOnStack(stack: Stack, own: Frame): void {
  if (own.kind === 'async-function' || own.kind === 'module') {
    // V8 leaves an async function that has returned as if it were executing; its promise is
    // pending because of what it returned.
    ArrayPrototypePop(stack.frames);
    ArrayPrototypePush(stack.leaves, own.origin);
    return;
  }
  stack.error = notFound(own, 'is on no stack that can be found');
}

function notFound(own: Frame, what: string): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_NO_RUNNING_STACK',
    `${own.functionName || 'the function'} is running, but ${what}: only its own frame is shown`,
  );
}
