// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap } from '../base/lists.js';
import { ownData } from '../base/own.js';
import {
  isAsyncFunction,
  isGeneratorObject,
  isPromise,
} from '../base/node-types.js';
import { localTypes } from '../hooks/registry.js';
import { AsynctbError, reasonOf } from '../base/errors.js';
import { Frame } from '../model/frame.js';
import { Site } from '../model/site.js';
import { Stack } from '../model/stack.js';
import { TargetType } from '../base/capture-schema.js';
import { loadBinding } from '../engine/binding.js';
import { can, whyNot } from '../engine/capabilities.js';
import { Inspection, type InspectedGenerator } from '../engine/inspector.js';
import { whyNotHere } from '../engine/runtime.js';
import { addCompiledResources } from '../resources/compiled-resources.js';
import { CompiledText } from '../resources/compiled-text.js';
import { maxFramesReached } from './live-stacks.js';
import { addLocalResources } from '../resources/local-resources.js';
import { sourceSite } from '../source-maps/live-sites.js';
import type { ResolvedOptions } from '../base/options.js';
import { mergeScopes } from '../resources/scopes.js';

/**
 * The stacks of targets where generators cannot be read natively: one frame of each generator,
 * and of promises only whether they are pending.
 */
export function extractByInspector(
  targets: readonly unknown[],
  options: ResolvedOptions,
): Stack[] {
  let inspection: Inspection | null = null;
  const inspect = (): Inspection => {
    if (!can('inspector')) {
      throw new AsynctbError(
        'ERR_ASYNCTB_UNSUPPORTED',
        whyNotHere() ??
          `this cannot be read natively: ${whyNotNative()}; nor by the inspector: ${whyNot('inspector')} (see capabilities())`,
      );
    }
    inspection ??= new Inspection();
    return inspection;
  };
  try {
    return ArrayPrototypeMap(targets, (target) =>
      stackOf(target, options, inspect),
    );
  } finally {
    (inspection as Inspection | null)?.close();
  }
}

function stackOf(
  target: unknown,
  options: ResolvedOptions,
  inspect: () => Inspection,
): Stack {
  try {
    // Neither is true of a proxy.
    if (isGeneratorObject(target)) {
      return stackOfGenerator(
        target,
        inspect().generator(target, options.locals || options.resources),
        options,
      );
    }
    if (isPromise(target)) return stackOfPromise(target, inspect);
  } catch (cause) {
    const error =
      cause instanceof AsynctbError
        ? cause
        : unsupported(`the inspector failed: ${reasonOf(cause)}`);
    return new Stack(target, [], [target], error);
  }
  return new Stack(target, [], [target]);
}

function stackOfGenerator(
  target: object,
  found: InspectedGenerator,
  options: ResolvedOptions,
): Stack {
  const { state, place } = found;
  if (state === 'closed') return new Stack(target);
  if (options.maxFrames < 1) {
    return new Stack(target, [], [], maxFramesReached(options.maxFrames));
  }
  const isAsync = isAsyncFunction(found.function);
  const generated = new Site(
    ownName(found.function),
    place,
    place.lineText,
    isAsync ? 'async-generator' : 'generator',
  );
  const site = sourceSite(generated, place.script, () => place.sourceMapUrl);
  const frame = new Frame(site, state, found.function, found.receiver, target);
  const { scopes } = found;
  if (scopes !== null) {
    if (options.locals) frame.locals = mergeScopes(scopes);
    if (options.resources && state === 'suspended') {
      // By shape alone: without the text there are no lines.
      frame.resources = [];
      addCompiledResources(
        frame.resources,
        { scopes: () => scopes, unnamed: () => [] },
        new CompiledText(''),
        () => null,
        null,
        null,
      );
      if (!localTypes.isEmpty) {
        addLocalResources(frame.resources, scopes, () => null);
      }
    }
  }
  return new Stack(target, [frame], [], errorBelow(found, isAsync));
}

/** Why there is nothing below the frame, if there is more to it. */
function errorBelow(
  { state, place }: InspectedGenerator,
  isAsync: boolean,
): AsynctbError | null {
  if (state === 'running') {
    return new AsynctbError(
      'ERR_ASYNCTB_NO_RUNNING_STACK',
      'it is running: only its own frame can be shown without native reading',
    );
  }
  if (state !== 'suspended') return null;
  switch (place.construct) {
    case 'yield*':
      return unsupported('what it delegates to (yield*) cannot be read');
    case 'await':
      return unsupported('what it awaits cannot be read');
    default:
      return isAsync
        ? unsupported('whether it waits for something cannot be told')
        : null;
  }
}

function stackOfPromise(target: object, inspect: () => Inspection): Stack {
  const pending = can('native')
    ? loadBinding().classify(target) === TargetType.pendingPromise
    : inspect().isPending(target);
  if (!pending) return new Stack(target);
  return new Stack(
    target,
    [],
    [target],
    unsupported('what this promise waits for cannot be read'),
  );
}

function ownName(fn: unknown): string {
  if (typeof fn !== 'function') return '';
  const name: unknown = ownData(fn, 'name');
  return typeof name === 'string' ? name : '';
}

function unsupported(what: string): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_UNSUPPORTED',
    `${what} without native reading: ${whyNotNative()} (see capabilities())`,
  );
}

function whyNotNative(): string {
  return whyNot('native') || whyNot('generators');
}
