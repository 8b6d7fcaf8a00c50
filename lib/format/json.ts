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
import { ownProperties } from '../base/own.js';
import type { CallGraph } from '../model/call-graph.js';
import { invalidArgument } from '../base/errors.js';
import type { Frame, FrameState } from '../model/frame.js';
import type { Resource } from '../model/resource.js';
import type { FrameKind, SourcePosition } from '../model/site.js';
import type { Stack } from '../model/stack.js';
import { redactSource } from '../redact/redact.js';
import { isStack, MAX_NESTING } from './context.js';
import {
  describeError,
  describeLeaf,
  describeLocal,
  describeValue,
  type ErrorSummary,
} from './describe.js';

export interface JsonOptions {
  /** Include local variables, where they were extracted. Default false. */
  locals?: boolean | undefined;
}

export type ErrorJson = ErrorSummary;

export interface StackJson {
  /** What was extracted, in a few words; null for a stack that a dump found. */
  root: string | null;
  branchIndex: number | null;
  frames: FrameJson[];
  leaves: string[];
  error: ErrorJson | null;
}

export interface FrameJson {
  functionName: string;
  scriptName: string;
  lineNumber: number | null;
  columnNumber: number | null;
  lineText: string;
  kind: FrameKind;
  state: FrameState;
  internal: boolean;
  hide: boolean;
  hideLine: boolean;
  resources: ResourceJson[];
  branches: StackJson[];
  /** Only of functions with more names of their own than are told apart. */
  severalNames?: true;
  /** Where more branches were counted than are shown: how many more. */
  omittedBranches?: number;
  /** Combinators only. */
  inputs?: { total: number | null; pending: number };
  /** Only where a source map has moved the position. */
  generated?: SourcePosition;
  /** Only where something is doubtful about the position. */
  note?: string;
  /** Only when asked for. */
  locals?: Record<string, string>;
}

export interface ResourceJson {
  value: string;
  isAsync: boolean;
  isExiting: boolean;
  name: string | null;
  lineNumber: number | null;
  description: string | null;
  hide: boolean;
  innerStack: StackJson | null;
  children: (ResourceJson | StackJson)[];
}

export interface CallGraphJson {
  root: string;
  /** The first is the root's. */
  nodes: {
    root: string;
    stack: StackJson;
    cyclic: boolean;
    /** Indices of `nodes`. */
    awaitedBy: number[];
    /** How many more wait for it. */
    omitted: number;
  }[];
}

/** The argument of a `toJSON`: `JSON.stringify` passes the key there. */
export function jsonOptionsFrom(
  options: JsonOptions | string | undefined,
): JsonOptions {
  if (options === undefined || typeof options === 'string') {
    return ownProperties({});
  }
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('options', 'an object');
  }
  const given = ownProperties(options);
  if (given.locals !== undefined && typeof given.locals !== 'boolean') {
    throw invalidArgument('options.locals', 'a boolean');
  }
  return given;
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
    return { ...head, frames: [], leaves: [], error: TOO_DEEP };
  }
  return {
    ...head,
    frames: ArrayPrototypeMap(stack.frames, (frame) =>
      frameToJson(frame, options, depth),
    ),
    leaves: ArrayPrototypeMap(stack.leaves, (leaf) =>
      describeLeaf(leaf, stack),
    ),
    error: errorToJson(stack.error),
  };
}

const TOO_DEEP: ErrorSummary = {
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
