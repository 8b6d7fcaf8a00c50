// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { generatorOf } from '../base/held-generator.js';
import { describeValue } from '../format/describe.js';
import { AsynctbError } from '../base/errors.js';
import type { Frame } from '../model/frame.js';
import type { Resource } from '../model/resource.js';
import { isNothing } from './ask.js';
import {
  findIn,
  generatorResources,
  PRUNE,
  resourceElaborators,
  resourceUnwrappers,
} from './registry.js';
import { repairResource } from './repair.js';

const MOST_TURNS = 100;

/** What the extraction knows of resources. */
export interface Knowledge {
  /** The frame at which a generator stands by itself; null when it has none. */
  frameOf(generator: object): Frame | null;
  /** Fills in what comes with asynctb for the value. */
  elaborate(resource: Resource): void;
}

/**
 * Runs the hooks on a resource: elaborated as it is, and again after each unwrap, which begins
 * with a clean one. Throws what a hook throws; what was found before stays.
 */
export function fill(resource: Resource, known: Knowledge): void {
  for (let turn = 0; ; turn++) {
    const { value, children, innerStack } = resource;
    if (children.length === 0 && innerStack === null) known.elaborate(resource);
    findIn(resourceElaborators, value)?.hook(value, resource);
    repairResource(resource);
    const inner = unwrap(resource, known);
    if (isNothing(inner)) return;
    if (inner === PRUNE) {
      resource.hide = true;
      return;
    }
    if (turn >= MOST_TURNS) {
      throw new AsynctbError(
        'ERR_ASYNCTB_UNWRAP_LOOP',
        `the resource ${describeValue(resource.value)} was unwrapped more than ${MOST_TURNS} times: its hooks probably go round in circles`,
      );
    }
    resource.value = inner;
    resource.innerStack = null;
    resource.children = [];
  }
}

function unwrap(resource: Resource, known: Knowledge): unknown {
  const { value } = resource;
  const inner = findIn(resourceUnwrappers, value)?.hook(value, resource);
  if (!isNothing(inner) || generatorResources.isEmpty) return inner;
  const generator = generatorOf(value);
  const frame = generator === null ? null : known.frameOf(generator);
  if (frame === null) return undefined;
  return generatorResources.find(frame)?.hook(frame, resource);
}
