// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypeSort,
  ObjectDefineProperty,
} from '../base/primordials.js';
import type { RawThread } from '../base/capture.js';
import { redactText, redactUrlPath } from '../redact/redact.js';

/** An HTTP request that has come in, or that was sent, and is not over. */
export interface OpenRequest {
  readonly method: string;
  /** The path, without the query. */
  readonly url: string;
  /** `'server'`: it came in; `'client'`: it was sent. */
  readonly side: 'server' | 'client';
  /** For how long; null when that is not known. */
  readonly ageMs: number | null;
  /** Whether a suspended task has it, or waits for it. */
  readonly hasTask: boolean;
}

export function openRequestsOf({ openRequests }: RawThread): OpenRequest[] {
  const { length, method, url, isServer, hasTask } = openRequests;
  const requests: OpenRequest[] = [];
  for (let row = 0; row < length; row++) {
    ArrayPrototypePush(requests, {
      method: redactText(method[row] ?? ''),
      url: redactUrlPath(url[row] ?? ''),
      side: isServer[row] === true ? 'server' : 'client',
      ageMs: null,
      hasTask: hasTask[row] === true,
    });
  }
  // The heap's own order is another one in the next dump.
  return ArrayPrototypeSort(requests, (a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ side, url, method }: OpenRequest): string {
  return `${side} ${url} ${method}`;
}

/** What keeps the thread's loop alive: how many of each type, as `process.getActiveResourcesInfo` names them. */
export function activeResourcesOf({
  activeResources,
}: RawThread): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let row = 0; row < activeResources.length; row++) {
    ObjectDefineProperty(counts, activeResources.type[row] ?? '', {
      value: activeResources.count[row] ?? 0,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return counts;
}
