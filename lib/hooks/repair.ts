// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { types } from 'node:util';
import { AsynctbError } from '../model/errors.js';
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
    resources: frame.hasResources ? [...frame.resources] : null,
    branches: frame.hasBranches ? [...frame.branches] : null,
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
    () => bad.push('resources'),
  );
  frame.branches = checkedList(frame.branches, isStack, before.branches, () =>
    bad.push('branches'),
  );
  const locals: unknown = frame.locals;
  if (locals !== null && (!isPlain(locals) || types.isProxy(locals))) {
    // Not by assignment, which fails where a hook has frozen the frame.
    Reflect.set(frame, 'locals', before.locals);
    bad.push('locals');
  }
  for (const name of ['hide', 'hideLine'] as const) {
    if (typeof frame[name] === 'boolean') continue;
    Reflect.set(frame, name, Boolean(frame[name]));
    bad.push(name);
  }
  return bad.length === 0 ? null : garbage('frame', bad);
}

export function repairResource(resource: Resource): void {
  const bad: string[] = [];
  const check = (name: keyof Resource, isGood: boolean, reset: () => void) => {
    if (isGood) return;
    reset();
    bad.push(name);
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
    () => bad.push('children'),
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
  if (!Array.isArray(list) || types.isProxy(list)) {
    onBad();
    return before ?? [];
  }
  if (list.every(isGood)) return list as Item[];
  onBad();
  return list.filter(isGood);
}

function garbage(what: string, names: readonly string[]): AsynctbError {
  return new AsynctbError(
    'ERR_ASYNCTB_BAD_HOOK',
    `a hook left something else than it should in the ${what}'s ${names.join(', ')}: it was taken out`,
  );
}

export { isFrame, isResource, isStack };
