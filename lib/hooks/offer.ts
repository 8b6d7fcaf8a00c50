// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ObjectFreeze } from '../base/primordials.js';
import { extract, extractChild, extractMany } from '../extract/extract.js';
import { fillResource } from '../extract/fill-resources.js';
import { Resource } from '../model/resource.js';
import { Stack } from '../model/stack.js';
import { StackSlice } from '../model/stack-slice.js';
import { explainLeaf } from './explain-leaf.js';
import { customize } from './customize.js';
import { findAwaiters, RemoteItem, unwrapRemote } from './remote.js';
import {
  elaborateFrame,
  elaborateResource,
  localResource,
  PRUNE,
  unwrapGeneratorResource,
  unwrapItem,
  unwrapResource,
} from './registry.js';

/** What the install function of a library is given, under the names that `asynctb` exports. */
export const HOOKS = ObjectFreeze({
  customize,
  elaborateFrame,
  elaborateResource,
  explainLeaf,
  extract,
  extractChild,
  extractMany,
  fillResource,
  localResource,
  findAwaiters,
  PRUNE,
  RemoteItem,
  Resource,
  Stack,
  StackSlice,
  unwrapGeneratorResource,
  unwrapItem,
  unwrapRemote,
  unwrapResource,
});

/** For libraries that are written in TypeScript. */
export type Hooks = typeof HOOKS;
