// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeMap,
  ArrayPrototypePush,
  MapFrom,
  ObjectFromEntries,
} from '../base/lists.js';
import {
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  ObjectEntries,
} from '../base/primordials.js';
import { checkOptions, flag } from '../base/arguments.js';
import type { CallGraph } from '../model/call-graph.js';
import type { JsonOptions } from '../model/formats.js';
import type { Frame } from '../model/frame.js';
import type {
  CallGraphJson,
  ErrorJson,
  FrameJson,
  ResourceJson,
  StackJson,
} from '../model/json.js';
import type { Resource } from '../model/resource.js';
import type { Stack } from '../model/stack.js';
import type { WaitReason } from '../model/wait-reason.js';
import { redactSource, redactText } from '../redact/redact.js';
import { isStack, MAX_NESTING } from './context.js';
import {
  describeError,
  describeLeaf,
  describeLocal,
  describeValue,
} from './describe.js';

/** The argument of a `toJSON`: `JSON.stringify` passes the key there. */
export function jsonOptionsFrom(
  options: JsonOptions | string | undefined,
): JsonOptions {
  const isKey = options === undefined || typeof options === 'string';
  return checkOptions(isKey ? {} : options, { locals: flag });
}

/** `depth` bounds the recursion here and in `JSON.stringify`: what is deeper says so instead. */
export function stackToJson(
  stack: Stack,
  options: JsonOptions = {},
  depth = 0,
): StackJson {
  const head = {
    root: stack.root === undefined ? null : describeValue(stack.root),
    branchIndex: stack.branchIndex,
  };
  if (depth >= MAX_NESTING) {
    return { ...head, frames: [], leaves: [], wait: null, error: TOO_DEEP };
  }
  return {
    ...head,
    frames: ArrayPrototypeMap(stack.frames, (frame) =>
      frameToJson(frame, options, depth),
    ),
    leaves: ArrayPrototypeMap(stack.leaves, (leaf) =>
      describeLeaf(leaf, stack),
    ),
    wait: stack.wait === null ? null : waitToJson(stack.wait),
    error: errorToJson(stack.error),
  };
}

/** All of its texts may come from the program. */
function waitToJson(wait: WaitReason): WaitReason {
  return {
    ...wait,
    text: redactText(wait.text),
    resource:
      wait.resource === null
        ? null
        : {
            type: wait.resource.type,
            fields: ObjectFromEntries(
              ArrayPrototypeMap(
                ObjectEntries(wait.resource.fields),
                ({ 0: name, 1: value }) => [
                  name,
                  typeof value === 'string' ? redactText(value) : value,
                ],
              ),
            ),
          },
  };
}

const TOO_DEEP: ErrorJson = {
  name: 'Error',
  code: 'ERR_ASYNCTB_NESTING',
  message: `nested more than ${MAX_NESTING} deep: not shown`,
  errors: [],
};

export function errorToJson(error: Error | null): ErrorJson | null {
  return error === null ? null : describeError(error);
}

export function frameToJson(
  frame: Frame,
  options: JsonOptions,
  depth: number,
): FrameJson {
  const json: FrameJson = {
    functionName: frame.functionName,
    scriptName: frame.scriptName,
    lineNumber: frame.lineNumber,
    columnNumber: frame.columnNumber,
    lineText: redactSource(frame.lineText),
    kind: frame.kind,
    state: frame.state,
    internal: frame.internal,
    hide: frame.hide,
    hideLine: frame.hideLine,
    resources: ArrayPrototypeMap(frame.resources, (resource) =>
      resourceToJson(resource, options, depth + 1),
    ),
    branches: ArrayPrototypeMap(frame.branches, (branch) =>
      stackToJson(branch, options, depth + 1),
    ),
  };
  if (frame.severalNames) json.severalNames = true;
  if (frame.omittedBranches > 0) json.omittedBranches = frame.omittedBranches;
  if (frame.inputs !== null) json.inputs = { ...frame.inputs };
  if (frame.generated !== null) json.generated = { ...frame.generated };
  if (frame.note !== null) json.note = frame.note;
  if (options.locals === true && frame.locals !== null) {
    json.locals = ObjectFromEntries(
      ArrayPrototypeMap(
        ObjectEntries(frame.locals),
        ({ 0: name, 1: value }) => [name, describeLocal(name, value)],
      ),
    );
  }
  return json;
}

export function resourceToJson(
  resource: Resource,
  options: JsonOptions,
  depth: number,
): ResourceJson {
  const children =
    depth >= MAX_NESTING
      ? []
      : ArrayPrototypeMap(resource.children, (child) =>
          isStack(child)
            ? stackToJson(child, options, depth + 1)
            : resourceToJson(child, options, depth + 1),
        );
  return {
    value: describeLocal(resource.name ?? '', resource.value),
    isAsync: resource.isAsync,
    isExiting: resource.isExiting,
    name: resource.name,
    lineNumber: resource.lineNumber,
    description:
      resource.description === null ? null : redactSource(resource.description),
    hide: resource.hide,
    innerStack:
      resource.innerStack === null
        ? null
        : stackToJson(resource.innerStack, options, depth + 1),
    children,
  };
}

export function callGraphToJson(
  graph: CallGraph,
  options: JsonOptions,
): CallGraphJson {
  const indices = MapFrom<CallGraph, number>([[graph, 0]]);
  const nodes: CallGraphJson['nodes'] = [];
  const indexOf = (node: CallGraph): number => {
    const index =
      MapPrototypeGet(indices, node) ?? MapPrototypeGetSize(indices);
    MapPrototypeSet(indices, node, index);
    return index;
  };
  // A Map may grow while it is visited: each node comes once, however deep.
  MapPrototypeForEach(indices, (_index, node) => {
    ArrayPrototypePush(nodes, {
      root: describeValue(node.root),
      stack: stackToJson(node.stack, options),
      cyclic: node.cyclic,
      awaitedBy: ArrayPrototypeMap(node.awaitedBy, indexOf),
      omitted: node.omitted,
    });
  });
  return { root: describeValue(graph.root), nodes };
}
