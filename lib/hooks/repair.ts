// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayCopy,
  ArrayPrototypeEvery,
  ArrayPrototypeFilter,
  ArrayPrototypePush,
} from '../base/lists.js';
import {
  ArrayIsArray,
  ArrayPrototypeJoin,
  GlobalBoolean,
  ReflectSet,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { AsynctbError } from '../base/errors.js';
import { Frame } from '../model/frame.js';
import { Resource } from '../model/resource.js';
import { Stack } from '../model/stack.js';

/**
 * Hooks may change frames and resources as they like. What they leave there that nobody could
 * print is taken out again, and becomes an error.
 */

const isFrame = (value: unknown): value is Frame =>
  isPlain(value) && Frame.is(value);
const isStack = (value: unknown): value is Stack =>
  isPlain(value) && Stack.is(value);
const isResource = (value: unknown): value is Resource =>
  isPlain(value) && Resource.is(value);
const isStringOrNull = (value: unknown): boolean =>
  value === null || typeof value === 'string';

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What a hook was given, to go back to. */
export interface Snapshot {
  readonly resources: Resource[] | null;
  readonly branches: Stack[] | null;
  readonly locals: Frame['locals'];
}

export function snapshotOf(frame: Frame): Snapshot {
  return {
    resources: frame.hasResources ? ArrayCopy(frame.resources) : null,
    branches: frame.hasBranches ? ArrayCopy(frame.branches) : null,
    locals: frame.locals,
  };
}

/** Null when there was nothing to repair. */
export function repairFrame(frame: Frame, before: Snapshot): Error | null {
  const bad: string[] = [];
  frame.resources = checkedList(
    frame.resources,
    isResource,
    before.resources,
    () => ArrayPrototypePush(bad, 'resources'),
  );
  frame.branches = checkedList(frame.branches, isStack, before.branches, () =>
    ArrayPrototypePush(bad, 'branches'),
  );
  const locals: unknown = frame.locals;
  if (locals !== null && (!isPlain(locals) || isProxy(locals))) {
    // Not by assignment, which fails where a hook has frozen the frame.
    ReflectSet(frame, 'locals', before.locals);
    ArrayPrototypePush(bad, 'locals');
  }
  for (const name of ['hide', 'hideLine'] as const) {
    if (typeof frame[name] === 'boolean') continue;
    ReflectSet(frame, name, GlobalBoolean(frame[name]));
    ArrayPrototypePush(bad, name);
  }
  return bad.length === 0 ? null : garbage('frame', bad);
}

export function repairResource(resource: Resource): void {
  const bad: string[] = [];
  const check = (name: keyof Resource, isGood: boolean, reset: () => void) => {
    if (isGood) return;
    reset();
    ArrayPrototypePush(bad, name);
  };
  const { name, description, lineNumber, innerStack } = resource;
  check('name', isStringOrNull(name), () => (resource.name = null));
  check('description', isStringOrNull(description), () => {
    resource.description = null;
  });
  const isLine = lineNumber === null || typeof lineNumber === 'number';
  check('lineNumber', isLine, () => (resource.lineNumber = null));
  check('innerStack', innerStack === null || isStack(innerStack), () => {
    resource.innerStack = null;
  });
  resource.children = checkedList(
    resource.children,
    (child): child is Resource | Stack => isResource(child) || isStack(child),
    null,
    () => ArrayPrototypePush(bad, 'children'),
  );
  if (bad.length > 0) throw garbage('resource', bad);
}

/** The same list if all is well in it; without what is not, or the one before if it is none. */
function checkedList<Item>(
  list: readonly unknown[],
  isGood: (value: unknown) => value is Item,
  before: Item[] | null,
  onBad: () => void,
): Item[] {
  if (!ArrayIsArray(list) || isProxy(list)) {
    onBad();
    return before ?? [];
  }
  if (ArrayPrototypeEvery(list, isGood)) return list as Item[];
  onBad();
  return ArrayPrototypeFilter(list, isGood);
}

function garbage(what: string, names: readonly string[]): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_BAD_HOOK',
    `a hook left something else than it should in the ${what}'s ${ArrayPrototypeJoin(names, ', ')}: it was taken out`,
  );
}

export { isFrame, isResource, isStack };
