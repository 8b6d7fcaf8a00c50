// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { SetFrom } from '../base/lists.js';
import { StringPrototypeSplit } from '../base/patterns.js';
import { SetPrototypeHas } from '../base/primordials.js';
import { features } from '../base/node-process.js';
import {
  environment,
  type Environment,
  ownEnvironment,
} from '../base/environment.js';
import { AsynctbError } from '../base/errors.js';
import {
  type Binding,
  bindingFailure,
  isPassingFailure,
  loadBinding,
  tryBinding,
} from './binding.js';
import { whyNotHere } from './runtime.js';

/** Whether a feature works here, by what means, and if not, why. */
export interface Capability {
  available: boolean;
  via?: string;
  reason?: string;
}

/** One entry a feature. */
export type Capabilities = Record<CapabilityName, Capability>;

const CAPABILITY_NAMES = [
  'native',
  'generators',
  'functions',
  'delegates',
  'promises',
  'asyncFunctions',
  'asyncGenerators',
  'combinators',
  'resolvers',
  'callbacks',
  'modules',
  'microtasks',
  'positions',
  'scopes',
  'resources',
  'functionNames',
  'asyncContext',
  'holders',
  'runningFrames',
  'heapWalk',
  'stuck',
  'queryObjects',
  'nativeStacks',
  'wasmStacks',
  'inspector',
] as const;

export type CapabilityName = (typeof CAPABILITY_NAMES)[number];

const SWITCHED_OFF = 'switched off by ASYNCTB_DISABLE';

function disabled(of: Environment = environment()): Set<string> {
  return SetFrom(StringPrototypeSplit(of.ASYNCTB_DISABLE ?? '', ','));
}

/**
 * The addon is loaded first, as it knows the environment that counts without a module of Node's. Not where
 * the main thread is told to leave it alone; a worker's own environment does not say so.
 */
function isSwitchedOff(): boolean {
  const own = disabled(ownEnvironment());
  if (!SetPrototypeHas(own, 'native') || !isMainThread()) tryBinding();
  return SetPrototypeHas(disabled(), 'native');
}

function isMainThread(): boolean {
  const threads =
    require('node:worker_threads') as typeof import('node:worker_threads');
  return threads.isMainThread;
}

/** Node may have been built without it, or run where it may not be used. */
function inspectorCapability(): Capability {
  const elsewhere = whyNotHere();
  if (elsewhere !== null) return { available: false, reason: elsewhere };
  if (SetPrototypeHas(disabled(), 'inspector')) {
    return { available: false, reason: SWITCHED_OFF };
  }
  if (features.inspector !== true) {
    return { available: false, reason: 'this Node was built without it' };
  }
  return { available: true, via: 'node:inspector' };
}

/** What most extractions need, and everything. */
const known: Record<'most' | 'all', Capabilities | null> = {
  most: null,
  all: null,
};

/** Remembered, except while something passing keeps the proof from being made. */
function current(which: 'most' | 'all' = 'most'): Capabilities {
  const before = known[which];
  if (before !== null) return before;
  const result: Partial<Capabilities> = {};
  const switchedOff = isSwitchedOff();
  const binding = switchedOff ? null : tryBinding();
  const reason = switchedOff
    ? SWITCHED_OFF
    : (bindingFailure()?.message ?? 'unknown');
  const native = binding?.capabilities(which === 'all') ?? {};
  for (const name of CAPABILITY_NAMES) {
    result[name] = native[name] ?? {
      available: false,
      reason: binding === null ? reason : 'this binary does not know it',
    };
  }
  result.native =
    binding === null
      ? { available: false, reason }
      : { available: true, via: 'the addon' };
  result.inspector = inspectorCapability();
  const complete = result as Capabilities;
  const isFinal = binding?.isProven() ?? (switchedOff || !isPassingFailure());
  if (isFinal) known[which] = complete;
  return complete;
}

/** Proves at the first call what can be read in this process. */
export function capabilities(): Capabilities {
  const copy: Partial<Capabilities> = {};
  const all = current('all');
  for (const name of CAPABILITY_NAMES) copy[name] = { ...all[name] };
  return copy as Capabilities;
}

/** Without what takes time to prove, and is asked for in the addon alone. */
export type LibraryCapability = Exclude<
  CapabilityName,
  'nativeStacks' | 'runningFrames' | 'wasmStacks'
>;

export function can(name: LibraryCapability): boolean {
  return current()[name].available;
}

/** Why a feature does not work; '' when it does. */
export function whyNot(name: LibraryCapability): string {
  return current()[name].reason ?? '';
}

/** The addon, for what cannot be done without. Throws an error that names the reason. */
export function requireNative(): Binding {
  if (!can('native')) {
    throw new AsynctbError(
      'ERR_ASYNCTB_UNSUPPORTED',
      `this needs native reading: ${whyNot('native')} (see capabilities())`,
    );
  }
  return loadBinding();
}
