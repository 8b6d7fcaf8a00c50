// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for Effection: the operation that a task runs, and the tasks that it has started. */

import {
  ArrayPrototypeFilter,
  ArrayPrototypeFind,
  ArrayPrototypePush,
} from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  ObjectGetPrototypeOf,
  SetPrototypeForEach,
  SymbolToStringTag,
} from '../base/primordials.js';
import { isGeneratorObject, isProxy, isSet } from '../base/node-types.js';
import { extractChild } from '../extract/extract.js';
import { itemEntry, items } from '../hooks/registry.js';
import type { AnyFunction, Frame } from '../model/frame.js';
import { Resource } from '../model/resource.js';
import { sayUnlessSaid } from '../model/notes.js';
import type { Stack } from '../model/stack.js';
import { closureOf, own } from '../open-ends/closures.js';
import { climb } from '../open-ends/holders.js';
import type { PromiseGlue } from '../open-ends/open-ends.js';
import { waitReason } from '../model/wait-reason.js';

/** From the function that settles a task's promise to the task's routine. */
const LEVELS_TO_ROUTINE = 6;
const TASK_GROUP = '@effection/task-group';
const OWN_SCRIPT = /[\\/]effection[\\/]/;

/** An async function that awaits a task waits for a promise that the task makes then. */
export const effection: PromiseGlue = {
  library: 'effection',
  explain(settlers) {
    const first = ArrayPrototypeFilter(settlers, ({ fn }) => isOwn(fn));
    if (first.length === 0) return undefined;
    const routine = climb(
      first,
      LEVELS_TO_ROUTINE,
      ({ value, fn }) => isOwn(fn) || own(value, 'promise') !== undefined,
      ({ fn }) => {
        const found = closureOf(fn)?.variables['routine'];
        return isRoutine(found) ? found : undefined;
      },
    );
    return routine === undefined ? undefined : { items: [routine] };
  },
};

function isOwn(fn: AnyFunction | null): boolean {
  return RegExpTest(OWN_SCRIPT, closureOf(fn)?.script ?? '');
}

export function installEffection(): void {
  items.builtIn.register(
    { when: (value: unknown) => isTask(value) || isRoutine(value) },
    itemEntry((item) => unwrapRoutine(isTask(item) ? routineOf(item) : item)),
  );
}

function isTask(value: unknown): value is object {
  return (
    own(value, SymbolToStringTag) === 'Task' &&
    typeof own(value, 'halt') === 'function'
  );
}

function isRoutine(value: unknown): value is object {
  return (
    typeof own(value, 'step') === 'function' &&
    typeof own(value, 'perform') === 'function' &&
    typeof own(value, 'scope') === 'object'
  );
}

function routineOf(task: object): unknown {
  const halt = closureOf(own(task, 'halt'));
  return own(halt?.variables['internal'], 'routine');
}

function unwrapRoutine(routine: unknown): Stack | undefined {
  if (!isRoutine(routine)) return undefined;
  const step = closureOf(own(routine, 'step'));
  const operation = step?.variables['iterator'];
  if (!isGeneratorObject(operation)) return undefined;
  const stack = extractChild(operation, { forTask: false });
  for (const frame of stack.frames) {
    if (RegExpTest(OWN_SCRIPT, frame.scriptName)) frame.hide = true;
  }
  for (const leaf of stack.leaves) describeEffect(leaf);
  const group = taskGroupOf(own(routine, 'scope'));
  const frame =
    ArrayPrototypeFind(stack.frames, ({ hide }) => !hide) ?? stack.frames[0];
  if (group !== undefined && frame !== undefined) addChildren(frame, group);
  return stack;
}

/** What an operation waits for at its end is an effect, which has a description. */
function describeEffect(leaf: unknown): void {
  const next = own(leaf, 'next');
  if (typeof next !== 'function') return;
  const closure = closureOf(next);
  const description = own(closure?.variables['effect'], 'description');
  if (typeof description !== 'string') return;
  const wait = waitReason('unknown', `effect ${description}`);
  sayUnlessSaid(leaf as object, wait);
}

function taskGroupOf(scope: unknown): object | undefined {
  if (typeof scope !== 'object' || scope === null || isProxy(scope)) {
    return undefined;
  }
  const contexts = own(ObjectGetPrototypeOf(scope), 'contexts');
  const group = own(contexts, TASK_GROUP);
  return typeof group === 'object' && group !== null ? group : undefined;
}

function addChildren(frame: Frame, group: object): void {
  const tasks = own(group, 'tasks');
  if (!isSet(tasks)) return;
  const children: Stack[] = [];
  SetPrototypeForEach(tasks as ReadonlySet<unknown>, (task) => {
    ArrayPrototypePush(children, extractChild(task, { forTask: true }));
  });
  if (children.length === 0) return;
  const resource = new Resource(group);
  resource.description = 'tasks';
  resource.children = children;
  ArrayPrototypePush(frame.resources, resource);
}
