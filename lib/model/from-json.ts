// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Stacks of another thread, from the plain data that came across. */

import { ArrayPrototypeMap, ObjectFromEntries } from '../base/lists.js';
import { ObjectEntries } from '../base/primordials.js';
import type { ErrorJson, FrameJson, ResourceJson, StackJson } from './json.js';
import { errorOf, joinErrors } from '../base/errors.js';
import { Frame } from './frame.js';
import { Placeholder } from './placeholder.js';
import { Resource } from './resource.js';
import { type CombinatorName, Site } from './site.js';
import { Stack } from './stack.js';

/** `root` stands for what was extracted there, unless the data itself says it. */
export function stackFromJson(json: StackJson, root?: unknown): Stack {
  const stack = new Stack(
    root ?? (json.root === null ? undefined : new Placeholder(json.root)),
    ArrayPrototypeMap(json.frames, frameFromJson),
    ArrayPrototypeMap(json.leaves, (text) => new Placeholder(text)),
    json.error === null ? null : errorFromJson(json.error),
    json.branchIndex,
  );
  stack.wait = json.wait;
  return stack;
}

function frameFromJson(json: FrameJson): Frame {
  const frame =
    json.kind === 'combinator'
      ? Frame.combinator(
          json.functionName as CombinatorName,
          json.inputs ?? null,
        )
      : new Frame(siteFromJson(json), json.state);
  frame.hide = json.hide;
  frame.hideLine = json.hideLine;
  if (json.resources.length > 0) {
    frame.resources = ArrayPrototypeMap(json.resources, resourceFromJson);
  }
  if (json.branches.length > 0) {
    frame.branches = ArrayPrototypeMap(json.branches, (branch) =>
      stackFromJson(branch),
    );
  }
  if (json.locals !== undefined) {
    frame.locals = ObjectFromEntries(
      ArrayPrototypeMap(ObjectEntries(json.locals), ({ 0: name, 1: text }) => [
        name,
        new Placeholder(text),
      ]),
    );
  }
  return frame;
}

function siteFromJson(json: FrameJson): Site {
  const site = new Site(
    json.functionName,
    json,
    json.lineText,
    json.kind,
    json.generated ?? null,
  );
  site.note = json.note ?? null;
  site.severalNames = json.severalNames === true;
  return site;
}

function resourceFromJson(json: ResourceJson): Resource {
  const value = new Placeholder(json.value);
  const resource = new Resource(
    value,
    json.isAsync,
    json.name,
    json.lineNumber,
  );
  resource.isExiting = json.isExiting;
  resource.description = json.description;
  resource.hide = json.hide;
  resource.innerStack =
    json.innerStack === null ? null : stackFromJson(json.innerStack);
  resource.children = ArrayPrototypeMap(json.children, (child) =>
    'frames' in child ? stackFromJson(child) : resourceFromJson(child),
  );
  return resource;
}

/** Of several, all; a code that the program has given stays. */
export function errorFromJson(json: ErrorJson): Error {
  const errors = json.errors.length > 0 ? json.errors : [json];
  return joinErrors(ArrayPrototypeMap(errors, single)) as Error;
}

function single({ name, code, message }: ErrorJson): Error {
  const isPlain = name === 'Error';
  return errorOf(
    code ?? 'ERR_ASYNCTB_IN_OTHER_THREAD',
    isPlain ? message : `${name}: ${message}`,
  );
}
