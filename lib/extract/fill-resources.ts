// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { elaborateHeld, unwrapSuspended } from './suspended.js';
import { fill, type Knowledge } from '../hooks/fill-resource.js';
import { isResource } from '../hooks/repair.js';
import { prepareRegistries } from '../hooks/registry.js';
import { toError } from '../hooks/warn.js';
import { invalidArgument } from '../base/errors.js';
import type { Frame } from '../model/frame.js';
import type { Resource } from '../model/resource.js';
import { resolveOptions } from '../base/options.js';
import {
  currentSession,
  inSession,
  newSession,
  type Session,
} from './session.js';

/** Runs the hooks on each resource of a frame. A failing one spoils none of the others. */
export function fillResources(frame: Frame, session: Session): Error[] {
  const errors: Error[] = [];
  for (const resource of frame.resources) {
    try {
      fill(resource, knowledgeIn(session));
    } catch (thrown) {
      ArrayPrototypePush(errors, toError(thrown));
    }
  }
  return errors;
}

/**
 * Runs the hooks on a resource that a hook has made, as on those that were found. Throws what a
 * hook throws.
 */
export function fillResource(resource: Resource): void {
  if (!isResource(resource)) throw invalidArgument('resource', 'a Resource');
  prepareRegistries();
  const session =
    currentSession() ?? newSession(resolveOptions(undefined), fillResource);
  inSession(session, () => fill(resource, knowledgeIn(session)));
}

function knowledgeIn({ options, entry }: Session): Knowledge {
  return {
    frameOf(generator) {
      const alone = { ...options, maxFrames: 1 };
      return unwrapSuspended([generator], alone, entry)[0]?.frames[0] ?? null;
    },
    elaborate: (resource) => elaborateHeld([resource], options, entry),
  };
}
